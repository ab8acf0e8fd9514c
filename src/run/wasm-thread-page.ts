/** The script of a page's threads. */
import type { ThreadMessage } from "./thread-host.ts";
import { wasmThread } from "./wasm-thread.ts";

const receive = wasmThread((answer) => globalThis.postMessage(answer));
globalThis.addEventListener("message", ({ data }: MessageEvent<ThreadMessage>) => receive(data));

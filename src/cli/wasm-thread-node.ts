/** The script of the wasm backend's threads in Node. */
import { parentPort } from "node:worker_threads";
import { GraphError } from "../base/errors.ts";
import type { ThreadMessage } from "../run/thread-host.ts";
import { wasmThread } from "../run/wasm-thread.ts";

const port = parentPort;
if (port === null) {
  throw new GraphError("wasm-thread: must be started as a worker, got the main thread");
}
const receive = wasmThread((answer) => port.postMessage(answer));
port.on("message", (message: ThreadMessage) => receive(message));

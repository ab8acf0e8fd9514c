/** The wasm backend's threads in Node. */
import { Worker } from "node:worker_threads";
import type { Thread, ThreadAnswer, ThreadHostResult, ThreadListener } from "../run/thread-host.ts";

// The file beside this one, as source or as built.
const script = new URL(import.meta.url.replace(/thread-host\.(\w+)$/, "wasm-thread-node.$1"));

export function openThreadHost(): ThreadHostResult {
  return { host: { start } };
}

function start(listener: ThreadListener): Thread {
  // The program's own flags are not the thread's: some are refused, such as those of `node -e`.
  const worker = new Worker(script, { execArgv: [], name: "evenkeel" });
  worker.on("message", (answer: ThreadAnswer) => listener.answer(answer));
  worker.on("error", (error: unknown) => {
    listener.failed(error instanceof Error ? error.message : String(error));
  });
  worker.on("exit", (code) => listener.failed(`a thread that ended with exit code ${code}`));
  worker.unref();
  return {
    post: (message) => worker.postMessage(message, []),
    hold: (needed) => (needed ? worker.ref() : worker.unref()),
    stop: () => void worker.terminate(),
  };
}

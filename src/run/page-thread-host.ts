import type { ThreadAnswer, ThreadHostResult, ThreadListener, Thread } from "./thread-host.ts";

/** Threads of a page or of a page's worker, where the browser lets them share memory. */
export function openThreadHost(): ThreadHostResult {
  if (typeof Worker === "undefined") return { reason: "threads need Worker, which is missing" };
  if (!globalThis.crossOriginIsolated) {
    return {
      reason:
        "threads need a cross-origin-isolated page (the headers Cross-Origin-Opener-Policy: " +
        "same-origin and Cross-Origin-Embedder-Policy: require-corp), got one that is not",
    };
  }
  return { host: { start } };
}

function start(listener: ThreadListener): Thread {
  // Bundlers look for exactly this expression. Its file is the built one: sources run in no page.
  const worker = new Worker(new URL("./wasm-thread-page.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<ThreadAnswer>) => {
    listener.answer(data);
  });
  worker.addEventListener("error", ({ message }) => {
    // A script that is not found gives an event without a message.
    listener.failed(message || "a worker whose script did not load");
  });
  worker.addEventListener("messageerror", () => listener.failed("a message it cannot read"));
  return {
    post: (message) => worker.postMessage(message),
    // A page lives as long as its reader wants.
    hold: () => undefined,
    stop: () => worker.terminate(),
  };
}

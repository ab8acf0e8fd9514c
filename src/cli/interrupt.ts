/** Ctrl-C: the first asks the work to stop and lets it tidy up, the second ends the process. */

export const interruptedCode = 130;

/** The work was stopped by a signal: exit code 130. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** Runs `work` with a signal that SIGINT or SIGTERM fires. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(interruptedCode);
    controller.abort(new InterruptedError("interrupted"));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    // Whatever the work said when it stopped, the reason was the signal.
    if (controller.signal.aborted && isAbort(error)) throw controller.signal.reason;
    throw error;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

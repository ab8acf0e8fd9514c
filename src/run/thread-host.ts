/** What the wasm backend needs to start threads: workers of Node or of a page. */

/** To a thread. Setup comes first. */
export type ThreadMessage =
  | {
      readonly type: "setup";
      readonly memory: WebAssembly.Memory;
      /** From 1; the session itself is thread 0. */
      readonly thread: number;
      /** Threads that run a program together, thread 0 included. */
      readonly threads: number;
      /** Milliseconds to wait for the others within a step. */
      readonly patience: number;
    }
  | {
      readonly type: "program";
      readonly module: WebAssembly.Module;
      /** Times the threads meet in one run of it. */
      readonly meetings: number;
    };

/** From a thread: it has that many programs now. */
export interface ThreadAnswer {
  readonly programs: number;
}

export interface ThreadListener {
  answer(answer: ThreadAnswer): void;
  /** The thread failed or ended, and says why. */
  failed(reason: string): void;
}

export interface Thread {
  post(message: ThreadMessage): void;
  /** Must the process live on for this thread's sake? At first it must not. */
  hold(needed: boolean): void;
  stop(): void;
}

export interface ThreadHost {
  start(listener: ThreadListener): Thread;
}

/** A host, or why there is none. */
export type ThreadHostResult = { readonly host: ThreadHost } | { readonly reason: string };

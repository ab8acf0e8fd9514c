/** The threads of one wasm session as the session sees them: itself thread 0, the others workers. */
import { BackendError } from "../base/errors.ts";
import { controlOf, lateHandler, word, type Control } from "./thread-control.ts";
import type { Thread, ThreadHost } from "./thread-host.ts";

export interface TeamOptions {
  readonly host: ThreadHost;
  /** Thread 0 included. */
  readonly threads: number;
  /** Shared; its first bytes are the control words. */
  readonly memory: WebAssembly.Memory;
  /** Milliseconds to wait for the others within a step. */
  readonly patience: number;
}

export interface Team {
  /** Gives all threads a program that meets so many times; its number. */
  add(module: WebAssembly.Module, meetings: number): Promise<number>;
  /** Runs a program once, together. */
  run(program: number): void;
}

/** What the workers' listeners know. They must not reach the team, or it would never be collected. */
interface Crew {
  readonly control: Control;
  readonly workers: readonly Worker[];
  /** Called when a worker answers or fails. */
  readonly waiting: Set<() => void>;
  trouble: string | null;
}

interface Worker extends Thread {
  /** How many it has. */
  programs: number;
}

/** Stops the threads of sessions that nobody can use any more. */
const abandoned = new FinalizationRegistry<Crew>(stop);

/** Starts the other threads. They end when nothing refers to the team any more. */
export function openTeam(options: TeamOptions): Team {
  const { threads, memory, patience } = options;
  const crew = startCrew(options);
  const { control } = crew;
  const env = { memory, late: lateHandler(control, patience) };
  const programs: { readonly part: (expected: number) => void; readonly comings: number }[] = [];
  let met = 0;

  async function add(module: WebAssembly.Module, meetings: number): Promise<number> {
    refuseTrouble(crew);
    const { exports } = new WebAssembly.Instance(module, { env });
    const part = exports["run0"] as (expected: number) => void;
    const count = programs.push({ part, comings: meetings * threads });
    // In this order: a worker that has more messages than were posted would wait for another one.
    Atomics.add(control, word.posted, 1);
    for (const worker of crew.workers) worker.post({ type: "program", module, meetings });
    wake(control);
    await untilAllHave(count, crew, patience);
    return count - 1;
  }

  function run(program: number): void {
    refuseTrouble(crew);
    const { part, comings } = programs[program]!;
    Atomics.store(control, word.program, program);
    Atomics.add(control, word.runs, 1);
    wake(control);
    try {
      part(met);
    } catch (error) {
      giveUp(crew, error instanceof Error ? error.message : String(error));
      throw error;
    }
    met = (met + comings) | 0;
  }

  const team: Team = Object.freeze({ add, run });
  abandoned.register(team, crew);
  return team;
}

function startCrew({ host, threads, memory, patience }: TeamOptions): Crew {
  const workers: Worker[] = [];
  const control = controlOf(memory);
  const crew: Crew = { control, workers, waiting: new Set(), trouble: null };
  for (let thread = 1; thread < threads; thread++) {
    const started = host.start({
      answer({ programs }) {
        worker.programs = programs;
        for (const look of crew.waiting) look();
      },
      failed: (reason) => giveUp(crew, reason),
    });
    const worker: Worker = { ...started, programs: 0 };
    worker.post({ type: "setup", memory, thread, threads, patience });
    workers.push(worker);
  }
  return crew;
}

/** The process stays alive meanwhile: idle threads alone would not keep it. */
async function untilAllHave(programs: number, crew: Crew, patience: number): Promise<void> {
  const { workers, waiting } = crew;
  const done = (): boolean => workers.every((worker) => worker.programs >= programs);
  const giveUpWaiting = (): void => giveUp(crew, `no answer within ${patience} ms`);
  const timer = setTimeout(giveUpWaiting, patience);
  for (const worker of workers) worker.hold(true);
  while (!done() && crew.trouble === null) {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
    });
  }
  clearTimeout(timer);
  if (waiting.size === 0) for (const worker of workers) worker.hold(false);
  refuseTrouble(crew);
}

function wake(control: Control): void {
  Atomics.add(control, word.generation, 1);
  if (Atomics.load(control, word.sleepers) > 0) Atomics.notify(control, word.generation);
}

function refuseTrouble({ trouble }: Crew): void {
  if (trouble === null) return;
  throw new BackendError(`wasm: a session's threads must work to its end, got ${trouble}`);
}

/** Where one thread failed, the memory's content is anybody's guess: the session is over. */
function giveUp(crew: Crew, reason: string): void {
  if (crew.trouble !== null) return;
  crew.trouble = reason;
  stop(crew);
  for (const look of crew.waiting) look();
}

function stop({ control, workers }: Crew): void {
  Atomics.store(control, word.failed, 1);
  for (const worker of workers) worker.stop();
}

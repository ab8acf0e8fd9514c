/** `evenkeel run`'s arguments, checked before anything is done. */
import { availableParallelism } from "node:os";
import { type PresetName, type Scale, scaleOf, type Study } from "../experiments/index.ts";
import { type BackendName, backendNames } from "../run/select.ts";
import { studies } from "../studies/index.ts";
import { oneOf } from "./arguments.ts";
import { type StageName, stages } from "./print-stage.ts";

export const presetNames = ["quick", "standard", "paper"] as const;

export interface RunCommandOptions {
  readonly preset: string;
  readonly seeds?: number;
  readonly seed?: number;
  readonly steps?: number;
  readonly backend: string;
  readonly threads?: number;
  readonly engineThreads?: number;
  readonly out: string;
  readonly data?: string;
  readonly print?: string;
  readonly dryRun?: boolean;
}

export interface RunRequest {
  readonly study: Study;
  readonly preset: PresetName;
  readonly backend: BackendName;
  readonly scale: Scale;
  /** Runs in all: arms x seeds. */
  readonly runs: number;
  /** Runs at a time. */
  readonly threads: number;
  /** Threads inside each run's steps; numbers do not depend on them. */
  readonly engineThreads: number;
  /** Stage of the compiler to print instead of training. */
  readonly print: StageName | null;
  readonly options: RunCommandOptions;
}

/** Errors: UsageError for a name that is not known. */
export function runRequest(name: string, options: RunCommandOptions): RunRequest {
  const id = oneOf(
    "study",
    name,
    studies.map((study) => study.id),
  );
  const study = studies.find((each) => each.id === id)!;
  const preset = oneOf("preset", options.preset, presetNames);
  const backend = oneOf("backend", options.backend, backendNames);
  const scale = scaleOf(study, { preset, ...numbersOf(options) });
  const runs = scale.seeds * study.protocol.arms.length;
  const cores = availableParallelism();
  const timed = study.timed === true;
  const threads = Math.min(options.threads ?? (timed ? 1 : cores), runs);
  // Fewer runs than cores: the steps share what would stand idle, unless told how many to use.
  const given = timed || options.threads !== undefined || backend === "reference";
  const spare = given ? 1 : Math.max(1, Math.floor(cores / threads));
  const engineThreads = options.engineThreads ?? spare;
  const print = options.print === undefined ? null : oneOf("stage", options.print, stages);
  return { study, preset, backend, scale, runs, threads, engineThreads, print, options };
}

/** The options that change a preset's numbers, without the ones not given. */
export function numbersOf({ seeds, seed, steps }: RunCommandOptions): {
  seeds?: number;
  seed?: number;
  steps?: number;
} {
  return {
    ...(seeds !== undefined && { seeds }),
    ...(seed !== undefined && { seed }),
    ...(steps !== undefined && { steps }),
  };
}

/** The command that does the same again: what changes numbers, without what does not. */
export function repeatCommand({ study, preset, backend, options }: RunRequest): string {
  const numbers = Object.entries(numbersOf(options)).map(([name, value]) => `--${name} ${value}`);
  const chosen = backend === "auto" ? [] : [`--backend ${backend}`];
  return ["evenkeel run", study.id, `--preset ${preset}`, ...numbers, ...chosen].join(" ");
}

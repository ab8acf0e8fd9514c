import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { checkOperation } from "./check-operation.ts";
import { checkOutcome, type Verdict } from "./check.ts";
import { startChild, type Child } from "./child.ts";
import { measurePeaks, type Peaks } from "./peaks/measure.ts";
import {
  isNetwork,
  makeProblem,
  readFloats,
  saveProblem,
  splitTensors,
  type Problem,
} from "./problem.ts";
import { referenceSteps } from "./reference.ts";
import { entrantLabel, type Entrant } from "./roster.ts";
import type { Workload } from "./workloads/workload.ts";

/** An engine that took part, with its milliseconds per step in each round. */
export interface Series {
  readonly entrant: Entrant;
  readonly description: string;
  /** Largest error of the check, as a share of what is allowed. */
  readonly worstError: number;
  readonly msPerStep: readonly number[];
}

/** An engine that did not, and why. */
export interface Absence {
  readonly entrant: Entrant;
  readonly reason: string;
}

export interface Measurement {
  readonly workload: Workload;
  readonly series: readonly Series[];
  readonly absent: readonly Absence[];
  readonly peaks: readonly Peaks[];
  readonly warnings: readonly string[];
}

export interface RoundOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** A folder for what is handed to the engines. */
  readonly scratch: string;
  readonly nativePeak: string | null;
  readonly say: (line: string) => void;
}

interface Admitted {
  readonly workload: Workload;
  readonly entrant: Entrant;
  readonly child: Child;
  readonly worstError: number;
  readonly msPerStep: number[];
}

interface Task {
  readonly problem: Problem;
  /** Judges what an engine did in the check: its losses, and the numbers in its file. */
  readonly judge: (losses: readonly number[], file: string) => Verdict;
  readonly directory: string;
}

/** Seconds between engines, in which the last one's threads stop spinning. */
const REST = 0.05;

/** Seconds a peer's step may take; a slower one would be all that the rounds wait for. */
const SLOWEST = 3;

/** Seconds an engine has to compile, and again to do the check's steps. */
const ADMISSION = 30;

/**
 * Times every engine that is there and computes the right thing, on workloads to be compared with
 * each other. All take turns in each round, starting with another one each time, so that a slow
 * minute of the machine meets them all.
 */
export async function measureGroup(
  workloads: readonly Workload[],
  entrants: readonly Entrant[],
  options: RoundOptions,
): Promise<Measurement[]> {
  const { say, rounds, seconds } = options;
  const tasks = workloads.map((workload) => prepare(workload, options.scratch));
  const admitted: Admitted[] = [];
  const absent: (Absence & { readonly workload: Workload })[] = [];
  const peaks: Peaks[] = [];
  try {
    // An engine's workloads are neighbours: what one costs over the other is the finest question.
    for (const entrant of entrants) {
      for (const task of tasks) {
        const { workload } = task.problem;
        const result = await admit(entrant, task);
        if ("reason" in result) absent.push({ ...result, workload });
        else admitted.push(result);
        const told =
          "reason" in result ? `left out: ${result.reason}` : result.child.ready.description;
        say(`${workload.name}: ${entrantLabel(entrant)}: ${told}`);
      }
    }
    // The round before the first is not kept: it is what compilers and caches warm up on.
    for (let round = 0; round <= rounds; round++) {
      const measured = await oneRound(admitted, round, seconds);
      if (round === 0) continue;
      measured.forEach((ms, index) => admitted[index]!.msPerStep.push(ms));
      peaks.push(measurePeaks(options.nativePeak));
      say(`${workloads.map(({ name }) => name).join(", ")}: round ${round} of ${rounds}`);
    }
  } finally {
    for (const { child } of admitted) child.close();
  }
  return workloads.map((workload) => ({
    workload,
    series: admitted.filter((one) => one.workload === workload).map(seriesOf),
    absent: absent.filter((one) => one.workload === workload),
    peaks,
    warnings: [...new Set(admitted.flatMap(({ child: { ready } }) => ready.warning ?? []))],
  }));
}

function seriesOf({ entrant, child, worstError, msPerStep }: Admitted): Series {
  return { entrant, description: child.ready.description, worstError, msPerStep };
}

function prepare(workload: Workload, scratch: string): Task {
  const problem = makeProblem(workload);
  const directory = mkdtempSync(join(scratch, `${workload.name}-`));
  saveProblem(problem, directory);
  return { problem, directory, judge: judgeOf(problem) };
}

function judgeOf(problem: Problem): Task["judge"] {
  if (!isNetwork(problem)) return (_, file) => checkOperation(problem, readFloats(file));
  const expected = referenceSteps(problem);
  return (losses, file) => {
    const tensors = splitTensors(problem.workload, readFloats(file));
    return checkOutcome(problem, expected, { losses, tensors });
  };
}

async function admit(
  entrant: Entrant,
  { problem, judge, directory }: Task,
): Promise<Admitted | Absence> {
  const { workload } = problem;
  let child: Child | null = null;
  try {
    child = await startChild(entrant);
    await child.ask({ command: "load", directory }, ADMISSION);
    const file = join(directory, `${entrant.engine}-${entrant.threads}.f32`);
    const { losses, seconds } = await child.ask({ command: "check", file }, ADMISSION);
    const { reason, worst } = judge(losses, file);
    if (reason !== null) throw new Error(`wrong in the check: ${reason}`);
    if (seconds > SLOWEST && !entrant.engine.startsWith("evenkeel")) {
      throw new Error(`right, but takes ${seconds.toFixed(1)} s a step: too slow to be timed`);
    }
    return { workload, entrant, child, worstError: worst, msPerStep: [] };
  } catch (error) {
    child?.close();
    return { entrant, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function oneRound(
  admitted: readonly Admitted[],
  round: number,
  seconds: number,
): Promise<number[]> {
  const measured = new Array<number>(admitted.length);
  for (let turn = 0; turn < admitted.length; turn++) {
    const index = (turn + round) % admitted.length;
    const { msPerStep } = await admitted[index]!.child.ask({ command: "time", seconds });
    measured[index] = msPerStep;
    await pause(REST * 1000);
  }
  return measured;
}

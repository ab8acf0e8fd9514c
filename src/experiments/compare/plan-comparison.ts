/** From a specification and its data to the runs it asks for. */
import { OptionError } from "../../base/errors.ts";
import { runId, type RunDescription } from "../run-description.ts";
import type { PlannedRun } from "../run-study.ts";
import type { Scale } from "../study-parts.ts";
import { planArms, type ArmPlan } from "./arm-plan.ts";
import { buildNetwork } from "./build-network.ts";
import { armsOf, type CompareSpec } from "./compare-spec.ts";
import { shapeOf, type ComparisonData, type PairData } from "./comparison-data.ts";
import { COMPARISON, COMPARISON_REVISION, type RunSubject } from "./comparison-run.ts";
import type { Pair } from "./comparison-result.ts";

export interface ComparedPlan extends PlannedRun, Pair {
  readonly arm: ArmPlan;
}

export interface ComparisonPlan {
  readonly spec: CompareSpec;
  readonly data: ComparisonData;
  readonly arms: readonly ArmPlan[];
  readonly baseline: string;
  /** Updates of a run that comes through. */
  readonly steps: number;
  /** Updates per run of each round, the last one's being `steps`. */
  readonly rounds: readonly number[];
}

/** Updates of a run, unless the specification says. */
const USUAL_STEPS = 1000;
/** Evaluations over a run, for its curve. */
const EVALUATIONS = 10;
/** Runs that a comparison may have. */
const MOST_RUNS = 1_000_000;

/**
 * The arms of a specification, each network checked on this data's shape.
 *
 * Errors: OptionError for arms that do not fit the data, a baseline that is none of them, or more
 *         than a million runs.
 */
export function planComparison(
  spec: CompareSpec,
  data: ComparisonData,
  steps: number = spec.steps ?? USUAL_STEPS,
): ComparisonPlan {
  const shape = shapeOf(data);
  const smallest = Math.min(...data.pairs.map((pair) => pair.data.train.count));
  const arms = planArms(armsOf(spec), spec.shared ?? {}, shape, smallest);
  const runs = arms.length * data.pairs.length;
  if (runs > MOST_RUNS) {
    throw new OptionError(`compare: must have at most ${MOST_RUNS} runs, got ${runs}`);
  }
  for (const arm of arms) checkArm(arm, data, smallest);
  const baseline = arms.find(({ label, id }) =>
    [label, id].includes(spec.baseline ?? arms[0]!.label),
  );
  if (baseline === undefined) {
    throw new OptionError(
      `baseline: must be one of ${arms.map(({ label }) => label).join(", ")}, got "${spec.baseline}"`,
    );
  }
  return {
    spec,
    data,
    arms,
    baseline: baseline.id,
    steps,
    rounds: roundsOf(spec, arms.length, steps),
  };
}

function checkArm(arm: ArmPlan, data: ComparisonData, smallest: number): void {
  if (arm.batchSize > smallest) {
    throw new OptionError(
      `${arm.label}: batchSize must be at most the ${smallest} training examples, got ${arm.batchSize}`,
    );
  }
  try {
    buildNetwork(arm.layers, shapeOf(data), data.classes ?? 1);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OptionError(`${arm.label}: ${reason}`, { cause });
  }
}

/** Ever longer rounds, so that of so many arms two are left in the last. */
function roundsOf({ halving }: CompareSpec, arms: number, steps: number): number[] {
  if (halving === undefined) return [steps];
  const rounds = [steps];
  for (
    let left = arms;
    left > 2 * halving && rounds[0]! > halving;
    left = Math.ceil(left / halving)
  ) {
    rounds.unshift(Math.max(1, Math.floor(rounds[0]! / halving)));
  }
  return rounds;
}

export interface RunIdentity {
  readonly backend: string;
  readonly version: string;
}

/** Every run of some arms: pairs side by side, so that a stopped comparison has whole pairs. */
export async function planRuns(
  { data }: ComparisonPlan,
  arms: readonly ArmPlan[],
  steps: number,
  { backend, version }: RunIdentity,
): Promise<ComparedPlan[]> {
  const plans: ComparedPlan[] = [];
  for (const pair of data.pairs) {
    for (const arm of arms) {
      const description: RunDescription = {
        study: COMPARISON,
        revision: COMPARISON_REVISION,
        arm: arm.id,
        seed: pair.seed,
        scale: scaleFor(steps, data),
        data: { name: data.name, hash: pair.data.hash },
        subject: { ...subjectOf(arm, data, pair) },
        backend,
        version,
      };
      plans.push({
        id: await runId(description),
        description,
        arm,
        seed: pair.seed,
        fold: pair.fold,
      });
    }
  }
  return plans;
}

function scaleFor(steps: number, { pairs }: ComparisonData): Scale {
  const every = Math.max(1, Math.ceil(steps / EVALUATIONS));
  return {
    steps,
    seeds: new Set(pairs.map(({ seed }) => seed)).size,
    evaluateEvery: every,
    observeEvery: every,
    checkpointEvery: Math.max(1, Math.ceil(steps / 4)),
  };
}

function subjectOf(arm: ArmPlan, data: ComparisonData, { encoding }: PairData): RunSubject {
  return {
    format: 1,
    task: data.task,
    outputs: data.classes ?? 1,
    targetSd: encoding?.target.kind === "number" ? encoding.target.sd : 1,
    layers: arm.layers,
    optimizer: arm.optimizer,
    batchSize: arm.batchSize,
  };
}

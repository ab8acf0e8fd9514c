import { ShapeError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import type { Examples } from "../data/dataset.ts";
import { input } from "../graph/ops/input.ts";
import {
  checkWeights,
  memberTree,
  trace,
  type MemberTree,
  type Module,
  type Trace,
  type Weights,
} from "../nn/index.ts";
import type { Backend } from "../run/backend.ts";
import { inspectLayers } from "./inspect-layers.ts";
import { neverUpdated, statisticsGap } from "./inspect-statistics.ts";
import type { Mistake } from "./mistake.ts";
import type { Optimizer } from "./optimizer.ts";
import { populationStatistics } from "./population-statistics.ts";
import { checkCount } from "./schedule.ts";

/** The more is given, the more is looked at. */
export interface InspectOptions {
  /** Of one example. */
  readonly inputShape: Shape;
  /** Of the training: is it large enough? */
  readonly batchSize?: number;
  /** Of the training: what does its weight decay act on? */
  readonly optimizer?: Optimizer;
  /** After training: were the running statistics updated? */
  readonly weights?: Weights;
  /** With weights and batchSize: are the running statistics those of the training data? */
  readonly examples?: Examples;
  /** For the examples; defaults to *the fastest backend that runs here*. */
  readonly backend?: Backend;
}

/**
 * Looks for what is legal and yet wrong: each finding with its reason and the fix. An empty list
 * says that none of these rules found anything, not that there is nothing to find.
 *
 * Errors: ShapeError if inputs of this shape do not fit; DataError if the weights do not;
 *         OptionError for a batch size that is not a positive integer.
 */
export async function inspect(model: Module, options: InspectOptions): Promise<Mistake[]> {
  const { inputShape, batchSize, optimizer, weights, examples, backend } = options;
  if (batchSize !== undefined) checkCount(batchSize, "inspect: batchSize");
  const tree = memberTree(model);
  if (weights !== undefined) checkWeights(tree.members, weights, "inspect");
  const size = batchSize ?? 2;
  const x = input("x", [size, ...inputShape]);
  const tested = trace(model, x, { phase: "eval", tree });
  const training = trainingTrace(model, tree, [size, ...inputShape]);
  const found = [
    ...inspectLayers((training ?? tested).observations, batchSize ?? null),
    ...decayed(tree, optimizer),
    ...neverUpdated(tree, tested, training, weights ?? null),
  ];
  if (weights !== undefined && examples !== undefined && training !== null) {
    const chosen = { batchSize: size, ...(backend && { backend }) };
    const population = await populationStatistics(model, weights, examples, chosen);
    found.push(...statisticsGap(tree, weights, population));
  }
  return withoutRepeats(found);
}

/** Null where training refuses a batch that a test accepts: of one value per channel. */
function trainingTrace(model: Module, tree: MemberTree, shape: Shape): Trace | null {
  try {
    return trace(model, input("x", shape), { phase: "train", tree });
  } catch (error) {
    if (error instanceof ShapeError) return null;
    throw error;
  }
}

function decayed({ members }: MemberTree, optimizer: Optimizer | undefined): Mistake[] {
  if (optimizer?.decays === undefined) return [];
  const { decays, label } = optimizer;
  return members.flatMap(({ path, member: { kind, shape } }): Mistake[] => {
    const name = path.slice(path.lastIndexOf(".") + 1);
    const spared = kind !== "parameter" || (name !== "scale" && name !== "shift");
    if (spared || !decays({ path, shape })) return [];
    return [
      {
        rule: "decay-on-scale-or-shift",
        severity: "warning",
        path,
        what: `the weight decay of ${label} acts on "${path}"`,
        why: "Decay bounds what a layer can amplify; after a normalization scale and shift alone say what it outputs, and decay draws them to 0, the features with them.",
        fix: "Give the optimizer decayRule: weightsOnly.",
      },
    ];
  });
}

/** A shared layer is applied more than once and found once. */
function withoutRepeats(found: readonly Mistake[]): Mistake[] {
  const seen = new Set<string>();
  return found.filter(({ rule, path, what }) => {
    const key = JSON.stringify([rule, path, what]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

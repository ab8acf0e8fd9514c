import { streamKey } from "../base/random.ts";
import { stateOp } from "../graph/ops/state.ts";
import { attrsOf, isOp, topologicalOrder, type Slot } from "../graph/value.ts";
import type { MemberTree, NamedMember, Trace, Weights } from "../nn/index.ts";
import type { Mistake } from "./mistake.ts";

/**
 * Statistics that the test reads and training leaves as they began: by the values, if weights are
 * given, otherwise by what the training step writes.
 */
export function neverUpdated(
  tree: MemberTree,
  tested: Trace,
  training: Trace | null,
  weights: Weights | null,
): Mistake[] {
  const read = slotsOf(tested);
  const written = new Set(training?.updates.map(({ slot }) => slot));
  return tree.members.flatMap((named): Mistake[] => {
    const { path, member, slot } = named;
    // A frozen normalization keeps its scale and shift among the statistics.
    if (member.kind !== "statistic" || !read.has(slot) || /(^|\.)(scale|shift)$/.test(path)) {
      return [];
    }
    if (weights !== null) return isFirst(named, weights) ? [unchanged(path)] : [];
    return training !== null && !written.has(slot) ? [unwritten(path)] : [];
  });
}

const WHY =
  "At test the layer normalizes with these numbers in place of the data's: its outputs are those of another network than the one that was trained.";

function unchanged(path: string): Mistake {
  return {
    rule: "statistics-never-updated",
    severity: "mistake",
    path,
    what: `"${path}" has its first values still`,
    why: WHY,
    fix: "Train in phase train before evaluating, load the running statistics along with the weights, or compute them: populationStatistics.",
  };
}

function unwritten(path: string): Mistake {
  return {
    rule: "statistics-never-updated",
    severity: "warning",
    path,
    what: `"${path}" is read at test, and the training step does not change it`,
    why: WHY,
    fix: "Load it from a trained model (a frozen layer is meant for that), or update it in phase train: pass.blend.",
  };
}

function slotsOf({ output }: Trace): ReadonlySet<Slot> {
  const states = topologicalOrder([output]).filter((value) => isOp(value, stateOp));
  return new Set(states.map((value) => attrsOf(value, stateOp).slot));
}

function isFirst({ path, member }: NamedMember, weights: Weights): boolean {
  const first = member.initialize(member.shape, streamKey(0, "inspect"));
  const { data } = weights.get(path)!;
  return first.every((value, i) => value === data[i]);
}

/** Beyond these a gap is reported: a quarter of a standard deviation, a factor of 1.5. */
const MEAN_GAP = 0.25;
const VARIANCE_FACTOR = 1.5;

/** Compares running means and variances with those of a data set, layer by layer. */
export function statisticsGap(
  { members }: MemberTree,
  running: Weights,
  population: Weights,
): Mistake[] {
  return members.flatMap(({ path }): Mistake[] => {
    if (!/(^|\.)mean$/.test(path)) return [];
    const place = path.slice(0, Math.max(0, path.length - "mean".length));
    const variancePath = `${place}variance`;
    const [mean, variance] = [path, variancePath].map((name) => ({
      running: running.get(name)?.data,
      population: population.get(name)?.data,
    }));
    if (variance!.running === undefined || variance!.population === undefined) return [];
    const spread = variance!.population;
    const shift = rootMeanSquare(mean!.population!, (value, c) => {
      return (mean!.running![c]! - value) / Math.sqrt(spread[c]! + TINY);
    });
    const ratio = Math.exp(
      rootMeanSquare(spread, (value, c) =>
        Math.log((variance!.running![c]! + TINY) / (value + TINY)),
      ),
    );
    if (shift <= MEAN_GAP && ratio <= VARIANCE_FACTOR) return [];
    return [gap(place.slice(0, -1), shift, ratio)];
  });
}

/** A channel that never varies has variance 0 on both sides, and no gap. */
const TINY = 1e-12;

function rootMeanSquare(
  values: ArrayLike<number>,
  of: (value: number, index: number) => number,
): number {
  const total = Array.from(values).reduce((sum, value, i) => sum + of(value, i) ** 2, 0);
  return Math.sqrt(total / values.length);
}

function gap(path: string, shift: number, ratio: number): Mistake {
  return {
    rule: "train-eval-gap",
    severity: "warning",
    path,
    what: `the running means are off by ${shift.toFixed(2)} standard deviations and the running variances by a factor of ${ratio.toFixed(2)} (root mean square over channels)`,
    why: "Training normalizes with the batch and the test with the running statistics: so far apart, the two are different networks.",
    fix: 'Evaluate with statistics: "population", lower the decay or train longer, and look for dropout before the layer or test data of another distribution.',
  };
}

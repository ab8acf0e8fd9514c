import { cast } from "../graph/ops/cast.ts";
import { equal } from "../graph/ops/equal.ts";
import { input } from "../graph/ops/input.ts";
import { greaterEqual, lessEqual } from "../graph/ops/less-equal.ts";
import { mean } from "../graph/ops/mean.ts";
import { or } from "../graph/ops/or.ts";
import { sum } from "../graph/ops/sum.ts";
import { variance } from "../graph/ops/variance.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { sizeOf } from "../base/shape.ts";
import type { Value } from "../graph/value.ts";
import { trace } from "../nn/index.ts";
import type { Executable } from "../run/backend.ts";
import { batchCount, batchFeed, checkBatches, type BatchOptions } from "./batches.ts";
import { checkSide, observationAt, type LayerSide } from "./layer-input.ts";
import type { ProbeSite } from "./probe.ts";
import type { SaturationRange } from "./saturation.ts";

export interface TallyOptions extends BatchOptions {
  readonly layers: readonly string[];
  readonly of?: LayerSide;
}

/** What the units of one layer did over all examples of an observation. */
export interface UnitTallies {
  /** Rows: examples times places. */
  readonly rows: number;
  /** Of each unit over the rows, the variance biased. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** How many rows of each unit are exactly 0. */
  readonly zeros: Float64Array;
  /** How many rows of each unit are saturated; all 0 without a range. */
  readonly saturated: Float64Array;
}

/**
 * Compiles the forward pass with the sums that are wanted of each layer, as one program without
 * writes: activations themselves are never read out.
 *
 * Numerics: mean and variance of a batch in two passes on the backend; batches are put together in
 *         float64 by the differences of their means.
 * Errors: OptionError for a layer that is not there, or counts that do not fit.
 * Source: Chan, Golub & LeVeque 1983, "Algorithms for computing the sample variance".
 */
export async function unitTallies(
  { model, tree, session }: ProbeSite,
  options: TallyOptions,
  range: SaturationRange | null,
): Promise<(step: number) => readonly UnitTallies[]> {
  const { layers, examples, batchSize, phase, noise = false, of = "input" } = options;
  checkBatches(options, "unitTallies");
  checkSide(of, "unitTallies");
  const x = input("x", [batchSize, ...examples.shape]);
  const traced = trace(model, x, { phase, noise, tree });
  const seen = layers.map((layer) => rowsOf(observationAt(traced, layer, "unitTallies")[of]));
  const outputs = Object.fromEntries(
    seen.flatMap((rows, k) =>
      Object.entries(sumsOf(rows, range)).map(([name, value]) => [`${name}/${k}`, value] as const),
    ),
  );
  const program = { outputs, writes: [] };
  const feed = batchFeed({ program, trace: traced }, options);
  const executable = await session.compile(program, { name: "probe-tallies" });
  return (step) => {
    const tallies = seen.map(({ shape: [, units] }) => emptyTallies(units!));
    for (let index = 0; index < batchCount(options); index++) {
      feed(executable, step, index);
      executable.run();
      tallies.forEach((tally, k) => {
        addMoments(tally, executable, k, seen[k]!.shape[0]!);
        addCounts(tally.zeros, executable.output(`zeros/${k}`));
        if (range !== null) addCounts(tally.saturated, executable.output(`saturated/${k}`));
      });
    }
    return tallies;
  };
}

function rowsOf(value: Value): Value {
  const units = value.shape.at(-1) ?? 1;
  const floats = value.dtype === "f32" ? value : cast(value, "f32");
  return reshape(floats, [sizeOf(value.shape) / units, units]);
}

function sumsOf(rows: Value, range: SaturationRange | null): Record<string, Value> {
  const share = (test: Value): Value => sum(cast(test, "f32"), [0]);
  const sums = {
    mean: mean(rows, [0]),
    variance: variance(rows, [0]),
    zeros: share(equal(rows, 0)),
  };
  if (range === null) return sums;
  const { low, high } = range;
  const [below, above] = [lessEqual(rows, low), greaterEqual(rows, high)];
  const saturated = high === Infinity ? below : low === -Infinity ? above : or(below, above);
  return { ...sums, saturated: share(saturated) };
}

type Growing = { -readonly [K in keyof UnitTallies]: UnitTallies[K] };

function emptyTallies(units: number): Growing {
  const zero = (): Float64Array => new Float64Array(units);
  return { rows: 0, mean: zero(), variance: zero(), zeros: zero(), saturated: zero() };
}

function addMoments(tally: Growing, executable: Executable, k: number, rows: number): void {
  const means = executable.output(`mean/${k}`);
  const variances = executable.output(`variance/${k}`);
  const total = tally.rows + rows;
  const share = rows / total;
  for (let unit = 0; unit < means.length; unit++) {
    const gap = means[unit]! - tally.mean[unit]!;
    const kept = tally.variance[unit]!;
    tally.mean[unit] = tally.mean[unit]! + gap * share;
    tally.variance[unit] =
      kept + (variances[unit]! - kept) * share + gap * gap * share * (1 - share);
  }
  tally.rows = total;
}

function addCounts(into: Float64Array, counts: ArrayLike<number>): void {
  for (let unit = 0; unit < into.length; unit++) into[unit]! += counts[unit]!;
}

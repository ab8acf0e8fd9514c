/**
 * A small network by plain loops in float64, its gradients by central differences: what probes are
 * held against. Shares nothing with the engine.
 */
import type { Split } from "../src/data/index.ts";
import {
  batchNorm,
  initialize,
  linear,
  memberTree,
  sequential,
  sigmoid,
  tanh,
  type Module,
} from "../src/nn/index.ts";
import type { Backend } from "../src/run/backend.ts";
import type { ProbeSite } from "../src/probes/index.ts";

export type Numbers = ReadonlyMap<string, Float64Array>;

const slowModel = (): Module =>
  sequential(
    linear(3, 4),
    batchNorm(4),
    sigmoid(),
    linear(4, 4),
    batchNorm(4),
    tanh(),
    linear(4, 2),
  );

export const slowExamples: Split = {
  inputs: Float32Array.from({ length: 24 * 3 }, (_, i) => Math.fround(Math.sin(i * i + 1))),
  targets: Int32Array.from({ length: 24 }, (_, i) => (Math.sin(3 * i * i) > 0 ? 1 : 0)),
  shape: [3],
  count: 24,
};

/** First values are not enough to tell scale from shift: every number is its own. */
export function slowValues(seed = 3): Map<string, Float64Array> {
  let count = 0;
  return new Map(
    [...initialize(slowModel(), seed)].map(([path, { data }]) => [
      path,
      Float64Array.from(data, (value) => {
        count++;
        const positive = path.endsWith("variance") || path.endsWith("scale");
        const shifted = positive ? 0.6 + Math.abs(Math.sin(count)) : value + 0.3 * Math.sin(count);
        return Math.fround(shifted);
      }),
    ]),
  );
}

export async function slowSite(backend: Backend): Promise<ProbeSite> {
  const model = slowModel();
  const session = await backend.open();
  const tree = memberTree(model);
  const values = slowValues();
  for (const { path, slot } of tree.members) session.write(slot, values.get(path)!);
  return { model, tree, session };
}

/** Paths of what is learned. */
export const learned = (values: Numbers): string[] =>
  [...values.keys()].filter((path) => !path.endsWith("mean") && !path.endsWith("variance"));

export interface SlowBatch {
  readonly rows: readonly number[];
  readonly phase: "train" | "eval";
}

/** What each of the seven layers puts out for a batch: [layer][row][unit]. */
export function slowOutputs(values: Numbers, { rows, phase }: SlowBatch): number[][][] {
  const at = (path: string): Float64Array => values.get(path)!;
  const dense = (x: number[][], layer: number, outputs: number): number[][] =>
    x.map((row) =>
      Array.from({ length: outputs }, (_, unit) => {
        let sum = at(`${layer}.bias`)[unit]!;
        row.forEach((value, k) => (sum += value * at(`${layer}.weight`)[k * outputs + unit]!));
        return sum;
      }),
    );
  const normalized = (x: number[][], layer: number): number[][] => {
    const moments = x[0]!.map((_, unit) => {
      if (phase === "eval") return [at(`${layer}.mean`)[unit]!, at(`${layer}.variance`)[unit]!];
      const column = x.map((row) => row[unit]!);
      const mean = column.reduce((a, b) => a + b) / column.length;
      return [mean, column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length];
    });
    return x.map((row) =>
      row.map((value, unit) => {
        const [mean, variance] = moments[unit] as [number, number];
        const normal = (value - mean) / Math.sqrt(variance + 1e-5);
        return at(`${layer}.scale`)[unit]! * normal + at(`${layer}.shift`)[unit]!;
      }),
    );
  };
  const x = rows.map((row) => [0, 1, 2].map((k) => slowExamples.inputs[row * 3 + k]!));
  const first = dense(x, 0, 4);
  const second = normalized(first, 1);
  const third = second.map((row) => row.map((value) => 1 / (1 + Math.exp(-value))));
  const fourth = dense(third, 3, 4);
  const fifth = normalized(fourth, 4);
  const sixth = fifth.map((row) => row.map(Math.tanh));
  return [first, second, third, fourth, fifth, sixth, dense(sixth, 6, 2)];
}

/** Mean cross-entropy over batches, each of which is normalized by itself. */
export function slowLoss(values: Numbers, batches: readonly SlowBatch[]): number {
  const losses = batches.map((batch) => {
    const logits = slowOutputs(values, batch)[6]!;
    const each = logits.map((row, i) => {
      const top = Math.max(...row);
      const total = row.reduce((sum, value) => sum + Math.exp(value - top), 0);
      return top + Math.log(total) - row[slowExamples.targets[batch.rows[i]!]!]!;
    });
    return each.reduce((a, b) => a + b) / each.length;
  });
  return losses.reduce((a, b) => a + b) / losses.length;
}

/** ∇ of any function of the learned numbers, by central differences. */
export function slowGradient(values: Numbers, loss: (values: Numbers) => number): Numbers {
  const h = 1e-5;
  return new Map(
    learned(values).map((path) => [
      path,
      values.get(path)!.map((value, i) => {
        const ends = [h, -h].map((change) => {
          const copy = Float64Array.from(values.get(path)!);
          copy[i] = value + change;
          return loss(new Map([...values, [path, copy]]));
        });
        return (ends[0]! - ends[1]!) / (2 * h);
      }),
    ]),
  );
}

/** values − length · direction, for the paths that `moves` says. */
export function slowMove(
  values: Numbers,
  direction: Numbers,
  { length, moves = () => true }: { length: number; moves?: (path: string) => boolean },
): Numbers {
  return new Map(
    [...values].map(([path, old]) => {
      const along = direction.get(path);
      if (along === undefined || !moves(path)) return [path, old];
      return [path, old.map((value, i) => value - length * along[i]!)];
    }),
  );
}

/** All numbers of the paths that `only` says, one after the other. */
export function flat(numbers: Numbers, only: (path: string) => boolean = () => true): number[] {
  return [...numbers].flatMap(([path, data]) => (only(path) ? [...data] : []));
}

export const slowDot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

export const slowNorm = (a: readonly number[]): number => Math.sqrt(slowDot(a, a));

/** Batches of `size` of the first `count` examples. */
export function slowBatches(
  count: number,
  size: number,
  phase: "train" | "eval",
): readonly SlowBatch[] {
  return Array.from({ length: count / size }, (_, b) => ({
    rows: Array.from({ length: size }, (_unused, i) => b * size + i),
    phase,
  }));
}

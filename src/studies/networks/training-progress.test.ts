import { expect, test } from "vitest";
import type { Split } from "../../data/index.ts";
import {
  batchNorm,
  crossEntropy,
  initialize,
  linear,
  memberTree,
  sequential,
} from "../../nn/index.ts";
import type { Probe } from "../../probes/index.ts";
import { reference } from "../../run/reference.ts";
import { sumOfSquares } from "./sum-of-squares.ts";
import { trainingProgress } from "./training-progress.ts";

const BATCH = 4;
const inputs = Float32Array.from({ length: 8 * 2 }, (_, i) => Math.sin(3 * i));
const labels: Split = {
  inputs,
  targets: Int32Array.from({ length: 8 }, (_, i) => i % 3),
  shape: [2],
  count: 8,
};
const numbers: Split = {
  ...labels,
  targets: Float32Array.from({ length: 24 }, (_, i) => i / 10),
  targetShape: [3],
};
const model = sequential(linear(2, 3), batchNorm(3, { scale: false, shift: false }));
const first = initialize(model, 5);

async function observe(probe: Probe): Promise<ReturnType<Awaited<ReturnType<Probe["prepare"]>>>> {
  const session = await reference.open();
  const tree = memberTree(model);
  for (const { path, slot } of tree.members) session.write(slot, first.get(path)!.data);
  return (await probe.prepare({ model, tree, session }))(0);
}

/** Outputs by plain loops: each batch of four normalized with its own statistics. */
function slowOutputs(): number[][] {
  const [weight, bias] = [first.get("0.weight")!.data, first.get("0.bias")!.data];
  const raw = Array.from({ length: 8 }, (_, row) =>
    [0, 1, 2].map(
      (unit) =>
        bias[unit]! + inputs[2 * row]! * weight[unit]! + inputs[2 * row + 1]! * weight[3 + unit]!,
    ),
  );
  return raw.map((values, row) => {
    const batch = raw.slice(row - (row % BATCH), row - (row % BATCH) + BATCH);
    return values.map((value, unit) => {
      const mean = batch.reduce((sum, other) => sum + other[unit]!, 0) / BATCH;
      const variance = batch.reduce((sum, other) => sum + (other[unit]! - mean) ** 2, 0) / BATCH;
      return (value - mean) / Math.sqrt(variance + 1e-5);
    });
  });
}

const options = { name: "training", count: 8, batchSize: BATCH, phase: "train", every: 1 } as const;

test("accuracy and cross-entropy as plain loops have them", async () => {
  const seen = await observe(
    trainingProgress({ ...options, examples: labels, loss: crossEntropy() }),
  );
  const outputs = slowOutputs();
  const right = outputs.filter((row, i) => row.indexOf(Math.max(...row)) === i % 3).length;
  const loss = outputs.reduce(
    (sum, row, i) =>
      sum + Math.log(row.reduce((total, value) => total + Math.exp(value), 0)) - row[i % 3]!,
    0,
  );
  expect(seen["accuracy"]).toBeCloseTo(right / 8, 12);
  expect(seen["loss"]).toBeCloseTo(loss / 8, 5);
});

test("a loss without classes has no accuracy, and sums stay sums per batch", async () => {
  const seen = await observe(
    trainingProgress({ ...options, examples: numbers, loss: sumOfSquares() }),
  );
  const squares = slowOutputs().map((row, i) =>
    row.reduce((sum, value, unit) => sum + (value - (3 * i + unit) / 10) ** 2, 0),
  );
  expect(seen).toEqual({ loss: expect.closeTo(squares.reduce((a, b) => a + b) / 2, 4) as number });
});

import { describe, expect, test } from "vitest";
import { DataError } from "../base/errors.ts";
import { writeSafetensors, type Tensor, type Weights } from "../nn/index.ts";
import { readCheckpoint, writeCheckpoint, type CheckpointHeader } from "./checkpoint.ts";

const header: CheckpointHeader = {
  step: 12,
  seed: 2 ** 53 - 1,
  batchSize: 60,
  data: "sha256-é",
  optimizer: "sgd",
  epochLoss: 0.1 + 0.2,
  epochCorrect: 7,
  pending: true,
  steering: { reduceOnPlateau: { rateFactor: 0.1, best: -1 / 3 }, über: {} },
};
const tensor = (...values: number[]): Tensor => ({
  shape: [values.length],
  dtype: "f32",
  data: Float32Array.from(values),
});
const tensors: Weights = new Map([
  ["0.weight", tensor(1, -0)],
  ["optimizer/velocity/0.weight", tensor(2, 3)],
  ["average/0.weight", tensor(4, 5)],
  ["best/0.weight", tensor(6, 7)],
]);

describe("a checkpoint", () => {
  test("comes back as it was, the model's own tensors apart", () => {
    const read = readCheckpoint(writeCheckpoint({ header, tensors }));
    expect(read.header).toEqual(header);
    expect(read.tensors).toEqual(tensors);
    expect([...read.weights.keys()]).toEqual(["0.weight"]);
  });

  test.each<[string, Record<string, string>, string]>([
    ["no step", { step: "" }, "c: metadata step must be a number in its range, got "],
    ["half a step", { step: "1.5" }, "c: metadata step must be a number in its range, got 1.5"],
    ["no batch", { batchSize: "0" }, "c: metadata batchSize must be a number in its range, got 0"],
    ["a lost loss", { epochLoss: "NaN" }, "c: metadata epochLoss must be a number in its range"],
    ["half a truth", { pending: "maybe" }, "c: metadata pending must be true or false, got maybe"],
    ["a list of memories", { steering: "[]" }, "c: metadata steering must be numbers by name by"],
    ["half a memory", { steering: "{" }, "c: metadata steering must be JSON, got {"],
    ["a lost factor", { steering: '{"a":{"b":null}}' }, "c: metadata steering must be numbers by"],
    ["another format", { format: "other" }, "c: format must be evenkeel-checkpoint-1, got other"],
  ])("with %s is refused", (_, changes, message) => {
    const right = Object.entries({ ...header, steering: "{}" }).map(
      ([name, value]) => [name, String(value)] as const,
    );
    const metadata = { format: "evenkeel-checkpoint-1", ...Object.fromEntries(right), ...changes };
    const read = () => readCheckpoint(writeSafetensors(tensors, metadata), "c");
    expect(read).toThrow(DataError);
    expect(read).toThrow(message);
  });

  test("without a field is refused", () => {
    const bytes = writeSafetensors(tensors, { format: "evenkeel-checkpoint-1" });
    expect(() => readCheckpoint(bytes, "c")).toThrow("c: metadata must have step, got none");
  });
});

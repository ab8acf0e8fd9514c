/** PyTorch's state dicts: read, run, written back. The files and their script are in fixtures/torch-state.*. */
import { describe, expect, test } from "vitest";
import { DataError, OptionError } from "../src/base/errors.ts";
import { sizeOf } from "../src/base/shape.ts";
import {
  batchNorm,
  flatten,
  fromTorch,
  groupNorm,
  initialize,
  linear,
  readSafetensors,
  residual,
  sequential,
  tanh,
  toTorch,
  writeSafetensors,
} from "../src/nn/index.ts";
import { predict } from "../src/train/index.ts";
import { backends } from "./backends.ts";
import { largestDifference } from "./close-to.ts";
import { cases, image, stateOf, subjects } from "./torch-models.ts";

describe.each(cases)("$name", (golden) => {
  const { model, inputShape } = subjects[golden.name]!;
  const state = stateOf(golden);

  test.each(backends)("gives PyTorch's outputs on $description", async (backend) => {
    const weights = fromTorch(model, state, { inputShape });
    const inputs = Float32Array.from(golden.inputs);
    const examples = { inputs, shape: inputShape, count: inputs.length / sizeOf(inputShape) };
    const { data } = await predict(model, weights, examples, { backend });
    expect(largestDifference(data, golden.outputs)).toBeLessThan(4e-6);
  });

  test("comes back bit for bit, under PyTorch's names", () => {
    const weights = fromTorch(model, state, { inputShape });
    const back = toTorch(model, weights, { inputShape });
    const known = golden.names.filter((name) => !name.endsWith("num_batches_tracked"));
    const named = golden.name === "parametrized" ? known.map(beforeParametrizations) : known;
    expect([...back.keys()].toSorted()).toEqual(named.toSorted());
    known.forEach((name, i) => expect(back.get(named[i]!), name).toEqual(state.get(name)));
    const again = readSafetensors(writeSafetensors(back)).weights;
    expect(fromTorch(model, again, { inputShape })).toEqual(weights);
  });
});

function beforeParametrizations(name: string): string {
  return name
    .replace("parametrizations.weight.original", "weight_orig")
    .replace("parametrizations.weight.0._u", "weight_u")
    .replace("parametrizations.weight.0._v", "weight_v");
}

test("weight normalization is known by its newer names too", () => {
  const { model } = subjects["weight-norm"]!;
  const state = stateOf(cases.find(({ name }) => name === "weight-norm")!);
  const newer = [...state].map(([name, tensor]) => {
    const place = "parametrizations.weight.original";
    return [
      name.replace("weight_g", `${place}0`).replace("weight_v", `${place}1`),
      tensor,
    ] as const;
  });
  const weights = fromTorch(model, new Map(newer), { inputShape: image });
  expect(weights).toEqual(fromTorch(model, state, { inputShape: image }));
});

test("other names are a function away", () => {
  const { model, inputShape } = subjects["mlp"]!;
  const rename = (name: string): string => `net.layers.${name}`;
  const state = new Map([...stateOf(cases[0]!)].map(([name, tensor]) => [rename(name), tensor]));
  const weights = fromTorch(model, state, { inputShape, rename });
  expect(weights).toEqual(fromTorch(model, stateOf(cases[0]!), { inputShape }));
  expect(toTorch(model, weights, { inputShape, rename }).has("net.layers.1.running_mean")).toBe(
    true,
  );
  expect(() => toTorch(model, weights, { inputShape, rename: () => "same" })).toThrow(
    'toTorch: PyTorch\'s names must be distinct, got "same" twice',
  );
});

test("step counts are read where they matter", () => {
  const model = sequential(
    linear(6, 5),
    batchNorm(5, { decay: "cumulative" }),
    tanh(),
    linear(5, 3),
  );
  const weights = fromTorch(model, stateOf(cases[0]!), { inputShape: [6] });
  expect([...weights.get("1.steps")!.data]).toEqual([3]);
  const back = toTorch(model, weights, { inputShape: [6] });
  expect(back.get("1.num_batches_tracked")).toEqual({
    shape: [],
    dtype: "i32",
    data: Int32Array.of(3),
  });
});

describe("what does not fit is listed", () => {
  const { model, inputShape } = subjects["mlp"]!;
  test.each<[string, (state: Map<string, unknown>) => void, string]>([
    ["a missing tensor", (state) => state.delete("1.running_var"), 'missing "1.running_var"'],
    [
      "an unexpected one",
      (state) => state.set("9.weight", state.get("0.weight")),
      'unexpected "9.weight"',
    ],
    [
      "a weight that was not turned",
      (state) => state.set("0.weight", { shape: [6, 5], dtype: "f32", data: new Float32Array(30) }),
      '"0.weight" is f32 [6, 5], expected f32 [5, 6]',
    ],
  ])("%s", (_, change, message) => {
    const state = new Map(stateOf(cases[0]!));
    change(state);
    const read = () => fromTorch(model, state, { inputShape });
    expect(read).toThrow(DataError);
    expect(read).toThrow(`fromTorch: weights must fit the model, got ${message}`);
  });

  test("weights of another model, when writing", () => {
    const other = initialize(sequential(linear(6, 5)), 1);
    expect(() => toTorch(model, other, { inputShape })).toThrow("toTorch: weights must fit");
  });

  test("branches between flattened features and a layer", () => {
    const branched = sequential(flatten(), residual(linear(12, 12)), linear(12, 2));
    const options = { inputShape: [2, 2, 3] };
    const write = () => toTorch(branched, initialize(branched, 1), options);
    expect(write).toThrow(OptionError);
    expect(write).toThrow(
      'torch: flattened features must come straight to "linear(12, 2)", got residual in between',
    );
  });

  test("groups of flattened features", () => {
    const grouped = sequential(flatten(), groupNorm(2, 12));
    expect(() => toTorch(grouped, initialize(grouped, 1), { inputShape: [2, 2, 3] })).toThrow(
      'torch: groups of flattened features are others in PyTorch, got "groupNorm(2, 12)" behind flatten',
    );
  });

  test("an I64 beyond 32 bits", () => {
    const header = '{"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}';
    const bytes = new Uint8Array(8 + header.length + 8);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(header.length), true);
    bytes.set(new TextEncoder().encode(header), 8);
    view.setBigInt64(8 + header.length, 2n ** 31n, true);
    expect(() => readSafetensors(bytes, "file")).toThrow(
      'file: "n" must hold integers of 32 bits, got 2147483648',
    );
    view.setBigInt64(8 + header.length, -(2n ** 31n), true);
    expect([...readSafetensors(bytes, "file").weights.get("n")!.data]).toEqual([-(2 ** 31)]);
  });
});

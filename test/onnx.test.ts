/** ONNX files of networks, run elsewhere: the same numbers as `predict`. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ShapeError } from "../src/base/errors.ts";
import { streamKey, uniform } from "../src/base/random.ts";
import { sameShape, sizeOf, type Shape } from "../src/base/shape.ts";
import {
  add,
  broadcastTo,
  concat,
  constant,
  contract,
  div,
  flip,
  input,
  matmul,
  reshape,
  slice,
  sub,
  sum,
  windows,
  argmax,
  cast,
  max,
  type Value,
} from "../src/graph/index.ts";
import {
  avgPool2d,
  batchNorm,
  conv2d,
  defineModule,
  dropout,
  embedding,
  flatten,
  fromTorch,
  initialize,
  linear,
  maxPool2d,
  relu,
  sequential,
  trace,
  type Conv2dOptions,
  type Module,
  type Pool2dOptions,
  type Weights,
} from "../src/nn/index.ts";
import { exportOnnx, type OnnxOptions } from "../src/nn/onnx/index.ts";
import { reference } from "../src/run/reference.ts";
import { predict } from "../src/train/index.ts";
import { largestDifference } from "./close-to.ts";
import { models } from "./onnx-models.ts";
import { cases, stateOf, subjects } from "./torch-models.ts";
import { runOnnx, summarizeOnnx } from "./onnx-runtime.ts";

/** Relative to max(1, |expected|): f32 sums in another order, of up to 168 products. */
const TOLERANCE = 5e-6;
const IMAGE: Shape = [7, 6, 4];

/** Numbers in [low, high), another sequence for each stream. */
function spread(count: number, low: number, high: number, stream: string): Float32Array {
  const key = streamKey(11, stream);
  return Float32Array.from({ length: count }, (_, i) => low + (high - low) * uniform(i, key));
}

/** Weights as after some training: no statistic and no bias is what it starts as. */
function usedWeights(model: Module): Weights {
  return new Map(
    [...initialize(model, 3)].map(([path, tensor]) => {
      const positive = /(^|\.)(variance|norm|deviation|scale|gain)$/.test(path);
      const moved = spread(tensor.data.length, positive ? 0.2 : -0.4, positive ? 0.9 : 0.4, path);
      return [path, { ...tensor, data: moved.map((value, i) => value + tensor.data[i]!) }] as const;
    }),
  );
}

/** How far the file's outputs are from `predict`'s; Infinity for another shape. */
async function differenceOf(
  model: Module,
  inputs: Float32Array,
  options: OnnxOptions,
): Promise<number> {
  const { inputShape, inputType } = options;
  const weights = usedWeights(model);
  const count = inputs.length / sizeOf(inputShape);
  const examples = { inputs, shape: inputShape, count };
  const expected = await predict(model, weights, examples, { backend: reference });
  const data = inputType === "i32" ? Int32Array.from(inputs) : inputs;
  const found = await runOnnx(exportOnnx(model, weights, options), data, [count, ...inputShape]);
  if (!sameShape(found.shape, expected.shape)) return Infinity;
  return largestDifference(found.data, expected.data);
}

describe.each(Object.entries(models))("%s", (_, { model, inputShape = IMAGE, ids }) => {
  const count = 4;
  const inputs =
    ids === undefined
      ? spread(count * sizeOf(inputShape), -2, 2, "inputs")
      : spread(count * sizeOf(inputShape), 0, ids, "inputs").map(Math.floor);

  test("gives what predict gives", async () => {
    expect(await differenceOf(model, inputs, { inputShape })).toBeLessThan(TOLERANCE);
  });

  test("without folding, for one batch size", async () => {
    const options = { inputShape, batch: count, fold: false };
    expect(await differenceOf(model, inputs, options)).toBeLessThan(TOLERANCE);
  });
});

test.each(cases)("PyTorch's $name gives PyTorch's outputs", async (golden) => {
  const { model, inputShape } = subjects[golden.name]!;
  const weights = fromTorch(model, stateOf(golden), { inputShape });
  const inputs = Float32Array.from(golden.inputs);
  const count = inputs.length / sizeOf(inputShape);
  const bytes = exportOnnx(model, weights, { inputShape });
  const { data } = await runOnnx(bytes, inputs, [count, ...inputShape]);
  expect(largestDifference(data, golden.outputs)).toBeLessThan(TOLERANCE);
});

describe("the file", () => {
  const net = sequential(
    conv2d(4, 6, 3, { groups: 2, bias: false }),
    batchNorm(6),
    relu(),
    dropout({ rate: 0.5 }),
    conv2d(6, 6, 3, { groups: 6, padding: 1 }),
    batchNorm(6),
    relu(),
    maxPool2d(2),
    flatten(),
    linear(24, 3),
  );
  const weights = usedWeights(net);

  test("has one operator per layer, channels turned where they must be", () => {
    const { operators, opset, ...ends } = summarizeOnnx(
      exportOnnx(net, weights, { inputShape: IMAGE }),
    );
    expect(operators.join(" ")).toBe(
      "Transpose Conv Add Relu Conv Add Relu MaxPool Transpose Reshape Gemm Add",
    );
    expect({ opset, ...ends }).toMatchObject({
      opset: 18,
      input: "[batch, 7, 6, 4]",
      output: "[batch, 3]",
    });
  });

  test("has normalization in the weights before it, in layers of one's own too", () => {
    const parts = {
      body: sequential(conv2d(4, 4, 3, { groups: 4 }), batchNorm(4), linear(4, 3), batchNorm(3)),
      shared: sequential(linear(3, 3, { bias: false })),
      norm: batchNorm(3),
    };
    const own = defineModule("own", parts, (x, pass, { body, shared, norm }) => {
      const y = pass.apply(shared, pass.apply(body, x));
      return add(pass.apply(norm, y), y);
    });
    const held = usedWeights(own);
    const folded = summarizeOnnx(exportOnnx(own, held, { inputShape: IMAGE }));
    // What is used twice is not scaled.
    expect(folded.operators.join(" ")).toBe(
      "Transpose Conv Transpose Reshape Add Gemm Add Gemm Reshape Sub Mul Mul Add Add",
    );
    const plain = summarizeOnnx(exportOnnx(own, held, { inputShape: IMAGE, fold: false }));
    expect(plain.operators.filter((type) => type === "Sub")).toHaveLength(3);
  });

  test("holds kernels in ONNX's layout, under the names of the weights they are", () => {
    const { tensors } = summarizeOnnx(
      exportOnnx(net, weights, { inputShape: IMAGE, fold: false, batch: 2 }),
    );
    expect(tensors["0.weight/turned"]).toEqual([6, 2, 3, 3]);
    expect(tensors["9.weight"]).toEqual([24, 3]);
    expect(tensors["9.bias"]).toEqual([3]);
    expect(Object.keys(tensors).filter((name) => name.startsWith("3"))).toEqual([]);
  });

  test("takes and gives images with channels first on request", async () => {
    const image = sequential(conv2d(4, 5, 3), relu());
    const options = { inputShape: IMAGE, channels: "first" } as const;
    const held = usedWeights(image);
    const bytes = exportOnnx(image, held, options);
    expect(summarizeOnnx(bytes).operators).toEqual(["Conv", "Add", "Relu"]);
    expect(summarizeOnnx(bytes).input).toBe("[batch, 4, 7, 6]");
    expect(summarizeOnnx(bytes).output).toBe("[batch, 5, 5, 4]");
    const last = spread(2 * sizeOf(IMAGE), -1, 1, "images");
    const first = turned(last, [2, ...IMAGE]);
    const found = await runOnnx(bytes, first, [2, 4, 7, 6]);
    const examples = { inputs: last, shape: IMAGE, count: 2 };
    const expected = await predict(image, held, examples, { backend: reference });
    const planes = turned(expected.data as Float32Array, expected.shape);
    expect(largestDifference(found.data, planes)).toBeLessThan(TOLERANCE);
  });

  test("takes ids as integers; those outside the vocabulary make rows of NaN", async () => {
    const ids = Float32Array.of(0, 4, 5, -1, 2, 100);
    const options = { inputShape: [2], inputType: "i32" } as const;
    expect(await differenceOf(embedding(5, 3), ids, options)).toBe(0);
  });

  test("of a network that does nothing gives its input back", async () => {
    const nothing = sequential(dropout({ rate: 0.5 }));
    const options = { inputShape: [2] };
    expect(await differenceOf(nothing, Float32Array.of(1, 2, 3, 4), options)).toBe(0);
  });
});

test("generated networks of convolutions, pools and norms give what predict gives", async () => {
  const small = fc.integer({ min: 1, max: 3 });
  const pair = fc.tuple(small, small);
  const around = fc.oneof(fc.constantFrom("same", "valid"), small, pair);
  const convolution = fc.record({
    kind: fc.constant("conv"),
    kernel: pair,
    options: fc.record({ stride: pair, dilation: pair, padding: around, bias: fc.boolean() }),
    groups: fc.constantFrom(1, 2, 4),
    widen: fc.constantFrom(4, 8),
    after: fc.constantFrom("norm", "relu", "both", "nothing"),
  });
  const pool = fc.record({
    kind: fc.constantFrom("max", "average"),
    window: fc.integer({ min: 2, max: 3 }),
    options: fc.record({ stride: pair, padding: fc.constantFrom("same", "valid", 1, [1, 0]) }),
  });
  let compared = 0;
  const networks = fc.array(fc.oneof(convolution, convolution, pool), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(networks, fc.boolean(), async (blocks, fold) => {
      let channels = 4;
      const layers = blocks.flatMap((block): Module[] => {
        if (!("kernel" in block)) {
          const make = block.kind === "max" ? maxPool2d : avgPool2d;
          return [make(block.window, block.options as Pool2dOptions)];
        }
        const width = block.widen;
        const options = { ...block.options, groups: block.groups } as Conv2dOptions;
        const made = [conv2d(channels, width, block.kernel, options)];
        channels = width;
        const norm = ["norm", "both"].includes(block.after) ? [batchNorm(width)] : [];
        return [...made, ...norm, ...(["relu", "both"].includes(block.after) ? [relu()] : [])];
      });
      const model = sequential(...layers);
      const inputs = spread(2 * 9 * 8 * 4, -1, 1, "generated");
      try {
        trace(model, input("x", [2, 9, 8, 4]), { phase: "eval" });
      } catch (error) {
        // An image became smaller than the next window.
        fc.pre(!(error instanceof ShapeError));
        throw error;
      }
      const gap = await differenceOf(model, inputs, { inputShape: [9, 8, 4], fold });
      expect(gap, model.label).toBeLessThan(2e-5);
      compared++;
    }),
    { numRuns: 60, seed: 20_150_211 },
  );
  expect(compared).toBe(60);
}, 60_000);

/** [N, H, W, C] to [N, C, H, W], element by element. */
function turned(data: Float32Array, shape: Shape): Float32Array {
  const [count, height, width, channels] = shape as [number, number, number, number];
  const result = new Float32Array(data.length);
  let at = 0;
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < channels; c++) {
      for (let place = 0; place < height * width; place++) {
        result[at++] = data[(n * height * width + place) * channels + c]!;
      }
    }
  }
  return result;
}

const layer = (label: string, apply: (x: Value) => Value): Module =>
  sequential(defineModule(label, {}, apply));

describe("layers of one's own", () => {
  const flat = { inputShape: [6] };
  const inputs = spread(24, -2, 2, "own");

  test.each<[string, (x: Value) => Value]>([
    ["flips and slices", (x) => flip(slice(x, { start: [0, 1], end: [x.shape[0]!, 5] }), [1])],
    ["products, turned", (x) => matmul(x, reshape(numbers(12), [2, 6]), { transposeY: true })],
    ["largest elements", (x) => cast(argmax(x), "f32")],
    ["largest and sums", (x) => sub(max(x, [1]), sum(x, [1]))],
    [
      "repeats examples' numbers",
      (x) => concat([broadcastTo(sum(x, [1], { keepAxes: true }), x.shape), x], 1),
    ],
    [
      "sums of two repeated operands",
      (x) =>
        add(
          broadcastTo(sum(x, [1], { keepAxes: true }), x.shape),
          broadcastTo(numbers(1), x.shape),
        ),
    ],
  ])("%s", async (label, apply) => {
    expect(await differenceOf(layer(label, apply), inputs, flat)).toBeLessThan(TOLERANCE);
  });

  test("that compute with the batch size need to be told it", async () => {
    const mean = layer("mean", (x) => div(x, x.shape[0]!));
    expect(() => exportOnnx(mean, new Map(), flat)).toThrow(
      'exportOnnx: batch must be a number for a network that computes with it, got "any" (layer "0", mean)',
    );
    expect(await differenceOf(mean, inputs, { ...flat, batch: 4 })).toBeLessThan(TOLERANCE);
    const token = layer("token", (x) => concat([broadcastTo(numbers(2), [x.shape[0]!, 2]), x], 1));
    expect(() => exportOnnx(token, new Map(), flat)).toThrow("batch must be a number");
    expect(await differenceOf(token, inputs, { ...flat, batch: 4 })).toBeLessThan(TOLERANCE);
  });

  test("are refused by name if ONNX has nothing for them", () => {
    const odd = (name: string, apply: (x: Value) => Value) =>
      sequential(dropout({ rate: 0.5 }), defineModule(name, {}, apply));
    const slide = odd("slide", (x) =>
      windows(x, { kernel: [2, 2], stride: [1, 1], dilation: [1, 1] }),
    );
    expect(() => exportOnnx(slide, new Map(), { inputShape: IMAGE })).toThrow(
      'exportOnnx: a layer must use what ONNX has, got windows (layer "1", slide)',
    );
    const product = odd("product", (x) => contract(x, reshape(numbers(6), [6, 1]), { depth: 1 }));
    expect(() => exportOnnx(product, new Map(), flat)).toThrow(
      'exportOnnx: a layer must use what ONNX has, got contract (layer "1", product)',
    );
  });
});

function numbers(count: number): Value {
  const parts = Array.from({ length: count }, (_, i) => constant(Math.sin(i + 1), [1]));
  return parts.length === 1 ? parts[0]! : concat(parts, 0);
}

test.each<[Partial<OnnxOptions>, string]>([
  [{ batch: 0 }, 'exportOnnx: batch must be a positive integer or "any", got 0'],
  [
    { channels: "second" as "first" },
    'exportOnnx: channels must be "last" or "first", got "second"',
  ],
  [{ inputType: "f64" as "f32" }, 'exportOnnx: inputType must be "f32" or "i32", got "f64"'],
  [{ inputShape: [5] }, "linear(6, 3): input has 5 features, expected 6"],
])("refuses %o", (options, message) => {
  const model = linear(6, 3);
  const weights = initialize(model, 1);
  expect(() => exportOnnx(model, weights, { inputShape: [6], ...options })).toThrow(message);
});

test("refuses weights of another model", () => {
  const weights = initialize(linear(5, 3), 1);
  expect(() => exportOnnx(linear(6, 3), weights, { inputShape: [6] })).toThrow(
    'weights must fit the model, got "weight" is f32 [5, 3], expected f32 [6, 3]',
  );
});

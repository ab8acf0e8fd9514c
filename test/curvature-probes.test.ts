/** Second derivatives, against central differences of central differences, on every backend. */
import { describe, expect, test } from "vitest";
import {
  avgPool2d,
  batchNorm,
  conv2d,
  crossEntropy,
  elu,
  flatten,
  gelu,
  groupNorm,
  initialize,
  layerNorm,
  linear,
  lpBatchNorm,
  maxPool2d,
  memberTree,
  sequential,
  softplus,
  weightNorm,
  type Module,
} from "../src/nn/index.ts";
import {
  hessianSpectrum,
  hessianVectorProduct,
  type ParameterVector,
  type ProbeSite,
} from "../src/probes/index.ts";
import { lossSurface } from "../src/probes/surface.ts";
import { reference } from "../src/run/reference.ts";
import { backends } from "./backends.ts";
import { eigenvalues } from "./dense-symmetric.ts";
import {
  flat,
  learned,
  slowBatches,
  slowExamples,
  slowGradient,
  slowLoss,
  slowSite,
  slowValues,
  type Numbers,
} from "./slow-network.ts";

const PHASES = ["train", "eval"] as const;
const surface = {
  loss: crossEntropy(),
  examples: slowExamples,
  count: 12,
  batchSize: 6,
} as const;

/** Row by row; computed once for each phase. */
const hessians = new Map<string, readonly (readonly number[])[]>();

function slowHessian(phase: "train" | "eval"): readonly (readonly number[])[] {
  const known = hessians.get(phase);
  if (known !== undefined) return known;
  const values = slowValues();
  const loss = (at: Numbers): number => slowLoss(at, slowBatches(12, 6, phase));
  const h = 1e-4;
  const rows = learned(values).flatMap((path) =>
    Array.from(values.get(path)!, (value, i) => {
      const [up, down] = [h, -h].map((change) => {
        const copy = Float64Array.from(values.get(path)!);
        copy[i] = value + change;
        return flat(slowGradient(new Map([...values, [path, copy]]), loss));
      });
      return up!.map((one, k) => (one - down![k]!) / (2 * h));
    }),
  );
  hessians.set(phase, rows);
  return rows;
}

/** Some vector, by path. */
function someVector(values: Numbers): ParameterVector {
  let count = 0;
  return new Map(
    learned(values).map((path) => [path, values.get(path)!.map(() => Math.sin(++count * 1.7))]),
  );
}

describe.each(backends)("$description", (backend) => {
  test.each(PHASES)("a product with the Hessian, normalization in %s", async (phase) => {
    const multiply = await hessianVectorProduct(await slowSite(backend), { ...surface, phase });
    const vector = someVector(slowValues());
    const flatVector = [...vector.values()].flatMap((part) => Array.from(part));
    const found = flat(multiply(vector));
    const expected = slowHessian(phase).map((row) =>
      row.reduce((sum, value, i) => sum + value * flatVector[i]!, 0),
    );
    expect(found).toHaveLength(62);
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1);
  });

  test.each(PHASES)("ends of the spectrum and trace, normalization in %s", async (phase) => {
    const options = { ...surface, name: "spectrum", phase, every: 1, vectors: 40 } as const;
    const probe = hessianSpectrum({ ...options, tolerance: 1e-4, iterations: 62 });
    const site = await slowSite(backend);
    const found = (await probe.prepare(site))(0) as Readonly<Record<string, number>>;
    const all = eigenvalues(slowHessian(phase));
    expect(Math.abs(found["top"]! / all.at(-1)! - 1)).toBeLessThan(1e-3);
    expect(found["bottom"]).toBeGreaterThan(all[0]! - 1e-3);
    expect(found["bottom"]).toBeLessThan(0);
    expect(found["residual"]).toBeLessThan(1e-4);
    expect(found["iterations"]).toBeLessThan(62);
    const trace = all.reduce((sum, value) => sum + value, 0);
    expect(Math.abs(found["trace"]! - trace)).toBeLessThan(4 * found["traceError"]!);
    expect(found["traceError"]).toBeLessThan(0.5 * Math.abs(trace));
  });
});

test("scaled by filters: the spectrum of D H D, which scaling before a normalization leaves alone", async () => {
  const options = { ...surface, name: "spectrum", phase: "train", every: 1, vectors: 0 } as const;
  const precise = { ...options, tolerance: 1e-5, iterations: 62 } as const;
  const site = await slowSite(reference);
  const values = slowValues();
  const norms = learned(values).flatMap((path) => {
    const numbers = values.get(path)!;
    const filters = path.endsWith("weight") ? (path.startsWith("6") ? 2 : 4) : 1;
    return Array.from(numbers, (_, i) =>
      Math.hypot(...numbers.filter((_unused, j) => j % filters === i % filters)),
    );
  });
  const scaled = slowHessian("train").map((row, i) =>
    row.map((value, j) => value * norms[i]! * norms[j]!),
  );
  const [relative, plain] = await Promise.all(
    (["filter", "none"] as const).map((scaling) =>
      hessianSpectrum({ ...precise, scaling }).prepare(site),
    ),
  );
  const top = relative!(0)["top"] as number;
  expect(Math.abs(top / eigenvalues(scaled).at(-1)! - 1)).toBeLessThan(1e-3);

  const before = plain!(0)["top"] as number;
  const weight = site.tree.members.find(({ path }) => path === "0.weight")!;
  // Larger, so that eps matters less than before.
  const factors = [20, 10, 20, 12.5];
  site.session.write(
    weight.slot,
    values.get("0.weight")!.map((value, i) => value * factors[i % 4]!),
  );
  expect(Math.abs((relative!(0)["top"] as number) / top - 1)).toBeLessThan(1e-2);
  expect(Math.abs((plain!(0)["top"] as number) / before - 1)).toBeGreaterThan(0.02);
});

/** Layers whose derivatives are differentiated again, against differences of the gradient itself. */
const smooth: readonly (readonly [string, () => Module])[] = [
  [
    "convolution, batch norm, ELU, max pooling",
    () =>
      sequential(
        conv2d(2, 3, 3, { padding: 1 }),
        batchNorm(3),
        elu(),
        maxPool2d(2),
        flatten(),
        linear(12, 2),
      ),
  ],
  [
    "grouped convolution, group norm, GELU, average pooling, layer norm",
    () =>
      sequential(
        conv2d(2, 4, 2, { stride: 2, groups: 2 }),
        groupNorm(2, 4),
        gelu(),
        avgPool2d(2),
        flatten(),
        layerNorm(4),
        linear(4, 2),
      ),
  ],
  [
    "weight norm, l_1 and l_∞ batch norm, softplus",
    () =>
      sequential(
        flatten(),
        weightNorm(linear(32, 4)),
        lpBatchNorm(4, { order: 1 }),
        softplus(),
        lpBatchNorm(4, { order: Infinity }),
        linear(4, 2),
      ),
  ],
];

async function open(model: Module): Promise<ProbeSite> {
  const session = await reference.open();
  const tree = memberTree(model);
  for (const { path, slot } of tree.members) {
    session.write(slot, initialize(model, 2).get(path)!.data);
  }
  return { model, tree, session };
}

test.each(smooth)("%s", async (_name, make) => {
  const site = await open(make());
  const examples = {
    inputs: Float32Array.from({ length: 6 * 32 }, (_, i) => Math.fround(Math.sin(i * i))),
    targets: Int32Array.of(0, 1, 1, 0, 1, 0),
    shape: [4, 4, 2],
    count: 6,
  };
  const options = {
    loss: crossEntropy(),
    examples,
    count: 6,
    batchSize: 6,
    phase: "train",
  } as const;
  const { space, at } = await lossSurface(site, options);
  const direction = Float64Array.from({ length: space.size }, (_, i) => Math.cos(i + 1));
  // Small enough that no window changes its largest element on the way.
  const h = 2e-4;
  const [before, after] = [-h, h].map((length) => {
    const gradient = new Float64Array(space.size);
    at(0, gradient, { direction, length: -length });
    return gradient;
  });
  const multiply = await hessianVectorProduct(site, options);
  const parts = new Map(
    space.spans.map(({ path, from, to }) => [path, direction.subarray(from, to)]),
  );
  const product = flat(multiply(parts));
  const expected = product.map((_, i) => (after![i]! - before![i]!) / (2 * h));
  const scale = Math.max(...expected.map(Math.abs));
  expect(scale).toBeGreaterThan(0.05);
  product.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-3 * scale));
});

test("refuses vectors and options that do not fit", async () => {
  const site = await slowSite(reference);
  const multiply = await hessianVectorProduct(site, { ...surface, phase: "eval" });
  expect(() => multiply(new Map())).toThrow('must have 12 numbers for "0.weight", got none');
  const options = { ...surface, name: "x", phase: "eval", every: 1 } as const;
  expect(() => hessianSpectrum({ ...options, tolerance: 0 })).toThrow("got 0");
  expect(() => hessianSpectrum({ ...options, iterations: 0 })).toThrow("got 0");
  expect(() => hessianSpectrum({ ...options, vectors: -1 })).toThrow("got -1");
  expect(() => hessianSpectrum({ ...options, scaling: "layer" as never })).toThrow('got "layer"');
});

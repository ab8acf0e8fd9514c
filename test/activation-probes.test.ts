/** The probes that look at activations, against plain loops, on every backend. */
import { describe, expect, test } from "vitest";
import {
  crossEntropy,
  linear,
  memberTree,
  noisyBatchNorm,
  relu,
  sequential,
} from "../src/nn/index.ts";
import {
  activationHistogram,
  activationStatistics,
  distributionDrift,
  gradientNorms,
  unitMoments,
} from "../src/probes/index.ts";
import { reference } from "../src/run/reference.ts";
import { backends } from "./backends.ts";
import {
  flat,
  slowBatches,
  slowExamples,
  slowGradient,
  slowLoss,
  slowNorm,
  slowOutputs,
  slowSite,
  slowValues,
} from "./slow-network.ts";

const PHASES = ["train", "eval"] as const;
const observed = { examples: slowExamples, count: 24, batchSize: 8, every: 1 } as const;

/** What layer `layer` puts out for all 24 examples: [row][unit]. */
function slowRows(layer: number, phase: "train" | "eval"): number[][] {
  return slowBatches(24, 8, phase).flatMap((batch) => slowOutputs(slowValues(), batch)[layer]!);
}

const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]): number =>
  mean(values.map((value) => (value - mean(values)) ** 2));
const columnsOf = (rows: readonly number[][]): number[][] =>
  rows[0]!.map((_, unit) => rows.map((row) => row[unit]!));

function expectClose(actual: unknown, expected: readonly number[]): void {
  const list = actual as readonly number[];
  expect(list).toHaveLength(expected.length);
  list.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
}

describe.each(backends)("$description", (backend) => {
  test.each(PHASES)("statistics of several layers, normalization in %s", async (phase) => {
    const layers = ["2", "5", "0"];
    const saturation = { low: -0.2, high: 0.55 };
    const options = { ...observed, name: "statistics", phase, layers, saturation } as const;
    for (const of of ["input", "output"] as const) {
      const probe = activationStatistics({ ...options, of });
      const found = (await probe.prepare(await slowSite(backend)))(0);
      const seen = layers.map((layer) => {
        if (layer !== "0" || of === "output") {
          return slowRows(Number(layer) - (of === "input" ? 1 : 0), phase);
        }
        return Array.from({ length: 24 }, (_, row) => [
          ...slowExamples.inputs.subarray(row * 3, row * 3 + 3),
        ]);
      });
      expectClose(
        found["mean"],
        seen.map((rows) => mean(rows.flat())),
      );
      expectClose(
        found["variance"],
        seen.map((rows) => variance(rows.flat())),
      );
      expectClose(
        found["unitVariance"],
        seen.map((rows) => mean(columnsOf(rows).map(variance))),
      );
      const extreme = (value: number): boolean => value <= -0.2 || value >= 0.55;
      const share = (flags: readonly boolean[]): number => mean(flags.map(Number));
      expectClose(
        found["saturated"],
        seen.map((rows) => share(rows.flat().map(extreme))),
      );
      expectClose(
        found["dead"],
        seen.map((rows) => share(columnsOf(rows).map((column) => column.every(extreme)))),
      );
      expect(found["zeros"]).toEqual([0, 0, 0]);
    }
  });

  test.each(PHASES)("moments of each unit, normalization in %s", async (phase) => {
    const probe = unitMoments({ ...observed, name: "moments", phase, layer: "5" });
    const found = (await probe.prepare(await slowSite(backend)))(0);
    expect(Object.keys(found)).toEqual(["mean", "variance"]);
    const columns = columnsOf(slowRows(4, phase));
    expectClose(found["mean"], columns.map(mean));
    expectClose(found["variance"], columns.map(variance));
  });

  test("gradient norms, weight norms and the relative update, per parameter and per layer", async () => {
    const options = { ...observed, loss: crossEntropy(), phase: "train", name: "norms" } as const;
    const values = slowValues();
    const loss = (at: ReadonlyMap<string, Float64Array>): number =>
      slowLoss(at, slowBatches(24, 8, "train"));
    const gradient = slowGradient(values, loss);
    const site = await slowSite(backend);
    const rate = (step: number): number => 0.5 / (1 + step);
    for (const per of ["parameter", "layer"] as const) {
      const probe = gradientNorms({ ...options, per, learningRate: rate });
      const found = (await probe.prepare(site))(1);
      const paths = per === "layer" ? ["0", "1", "3", "4", "6"] : [...gradient.keys()];
      expect(Object.keys(found)).toHaveLength(1 + 3 * paths.length);
      for (const path of paths) {
        const own = (other: string): boolean => other === path || other.startsWith(`${path}.`);
        const learnedValues = new Map([...values].filter(([other]) => gradient.has(other)));
        const [ofGradient, ofWeight] = [
          slowNorm(flat(gradient, own)),
          slowNorm(flat(learnedValues, own)),
        ];
        expect(found[`gradient/${path}`]).toBeCloseTo(ofGradient, 5);
        expect(found[`weight/${path}`]).toBeCloseTo(ofWeight, 5);
        expect(found[`ratio/${path}`]).toBeCloseTo((0.25 * ofGradient) / ofWeight, 5);
      }
      expect(found["gradient"]).toBeCloseTo(slowNorm(flat(gradient)), 5);
    }
  });

  test("rectified units: sparsity, saturation and dead units are counted exactly", async () => {
    const model = sequential(relu(), linear(3, 2));
    const inputs = Float32Array.of(1, -1, 0, -2, -3, 2, 4, -0.5, 0, -1, -1, 3);
    const examples = { inputs, targets: new Int32Array(4), shape: [3], count: 4 };
    const session = await backend.open();
    const site = { model, tree: memberTree(model), session };
    const options = { examples, count: 4, batchSize: 2, phase: "eval", every: 1 } as const;
    for (const of of ["input", "output"] as const) {
      const probe = activationStatistics({
        ...options,
        name: "rectified",
        layers: ["0"],
        of,
        saturation: "relu",
      });
      const found = (await probe.prepare(site))(0);
      expect(found["saturated"]).toEqual([8 / 12]);
      expect(found["dead"]).toEqual([1 / 3]);
      expect(found["zeros"]).toEqual([of === "input" ? 2 / 12 : 8 / 12]);
    }
  });
});

test.each([undefined, 2])(
  "histogram of unit %s against a search over the edges",
  async (channel) => {
    const bins = { from: -0.8, to: 0.9, count: 7 };
    const options = { ...observed, name: "histogram", phase: "train", layer: "5", bins } as const;
    const probe = activationHistogram({
      ...options,
      of: "output",
      ...(channel !== undefined && { channel }),
    });
    const found = (await probe.prepare(await slowSite(reference)))(0);
    const rows = slowRows(5, "train");
    const values = channel === undefined ? rows.flat() : rows.map((row) => row[channel]!);
    const width = (bins.to - bins.from) / bins.count;
    const expected = Array.from(
      { length: bins.count },
      (_, i) =>
        values.filter((v) => v >= bins.from + i * width && v < bins.from + (i + 1) * width).length,
    );
    expect(found["counts"]).toEqual(expected);
    expect(found["below"]).toBe(values.filter((value) => value < bins.from).length);
    expect(found["above"]).toBe(values.filter((value) => value > bins.to).length);
    expect(found["lost"]).toBe(0);
    expect(Math.min(found["below"] as number, ...expected)).toBeGreaterThan(
      channel === undefined ? 0 : -1,
    );
  },
);

test("a bin holds its lower edge, the last one its upper edge too; NaN is in none", async () => {
  const model = sequential(relu(), linear(1, 1));
  const inputs = Float32Array.of(0, 0.1, 0.2, 0.30000001192092896, 1, NaN, -1, 1.5);
  const examples = { inputs, targets: new Int32Array(8), shape: [1], count: 8 };
  const session = await reference.open();
  const bins = { from: 0, to: 1, count: 10 };
  const probe = activationHistogram({
    name: "edges",
    examples,
    count: 8,
    batchSize: 8,
    phase: "eval",
    every: 1,
    layer: "0",
    bins,
  });
  const found = (await probe.prepare({ model, tree: memberTree(model), session }))(0);
  expect(found["counts"]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 1]);
  expect([found["below"], found["above"], found["lost"]]).toEqual([1, 1, 1]);
});

test.each([
  [{ from: -5, to: 2.25, count: 14 }, -1.375, 6],
  [{ from: -5, to: -3.625, count: 22 }, -4.0625, 15],
])("where the quotient rounds over an edge, the edge decides: %o", async (bins, value, bin) => {
  const model = sequential(relu(), linear(1, 1));
  const inputs = Float32Array.of(value);
  const examples = { inputs, targets: new Int32Array(1), shape: [1], count: 1 };
  const options = { examples, count: 1, batchSize: 1, phase: "eval", every: 1 } as const;
  const probe = activationHistogram({ ...options, name: "edge", layer: "0", bins });
  const session = await reference.open();
  const found = (await probe.prepare({ model, tree: memberTree(model), session }))(0);
  const width = (bins.to - bins.from) / bins.count;
  expect(value >= bins.from + bin * width && value < bins.from + (bin + 1) * width).toBe(true);
  expect((found["counts"] as readonly number[]).indexOf(1)).toBe(bin);
  expect(Math.floor(((value - bins.from) / (bins.to - bins.from)) * bins.count)).not.toBe(bin);
});

test("noise is drawn if asked for, the same at the same step", async () => {
  const model = sequential(linear(3, 4), noisyBatchNorm(4), relu());
  const session = await reference.open();
  const tree = memberTree(model);
  const values = slowValues();
  const weight = tree.members.find(({ path }) => path === "0.weight")!;
  session.write(weight.slot, values.get("0.weight")!);
  const options = { ...observed, name: "moments", phase: "train", layer: "2" } as const;
  const still = await unitMoments(options).prepare({ model, tree, session });
  const noisy = await unitMoments({ ...options, seed: 4, noise: true }).prepare({
    model,
    tree,
    session,
  });
  expect(still(0)).toEqual(still(3));
  expect(noisy(3)).toEqual(noisy(3));
  expect(noisy(3)["mean"]).not.toEqual(noisy(6)["mean"]);
});

test("drift: from observation to observation, and since the first", () => {
  const series = {
    steps: [0, 10, 20],
    values: {
      mean: [
        [1, -2],
        [0.5, 0],
        [2, 1],
      ],
      variance: [
        [1, 4],
        [3, 3],
        [2, 5],
      ],
    },
  };
  expect(distributionDrift(series)).toEqual({
    steps: [10, 20],
    meanChange: [
      [0.5, 2],
      [1.5, 1],
    ],
    varianceChange: [
      [2, 1],
      [1, 2],
    ],
    meanSinceFirst: [
      [-0.5, 2],
      [1, 3],
    ],
    varianceSinceFirst: [
      [2, -1],
      [1, 1],
    ],
  });
  const summary = { steps: [0, 1], values: { mean: [1, 2], variance: [1, 2] } };
  expect(() => distributionDrift(summary)).toThrow("distributionDrift: mean must be lists");
});

describe("refuses", () => {
  const options = { ...observed, name: "x", phase: "eval", layer: "5" } as const;
  const bins = { from: 0, to: 1, count: 4 };
  test.each([
    [{ bins: { ...bins, to: 0 } }, "from a number to a larger one, got 0 to 0"],
    [{ bins: { ...bins, count: 1.5 } }, "bins.count must be a positive integer, got 1.5"],
    [{ bins, every: 0 }, "every must be a positive integer, got 0"],
  ])("histogram %o", (change, message) => {
    expect(() => activationHistogram({ ...options, ...change })).toThrow(message);
  });
  test("what is not there", async () => {
    const site = await slowSite(reference);
    const channel = activationHistogram({ ...options, bins, channel: 4 });
    await expect(channel.prepare(site)).rejects.toThrow(
      "channel must be an integer in [0, 4), got 4",
    );
    const layers = { ...options, layers: [] };
    expect(() => activationStatistics(layers)).toThrow("got none");
    const range = { low: 1, high: 1 };
    expect(() => activationStatistics({ ...options, layers: ["5"], saturation: range })).toThrow(
      "low below high, got 1 and 1",
    );
    const side = unitMoments({ ...options, of: "inside" as never });
    await expect(side.prepare(site)).rejects.toThrow(
      'of must be "input" or "output", got "inside"',
    );
    const norms = { ...options, loss: crossEntropy() };
    expect(() => gradientNorms({ ...norms, learningRate: -1 })).toThrow("got -1");
  });
});

/**
 * What random layers draw, judged by statistics. Each judgement is a z-score against BOUND: a right
 * layer fails one with probability 6e-7, and the whole file (some hundred judgements) with less than
 * 1e-4. Seeds are fixed, so a judgement that passes keeps passing.
 */
import { describe, expect, test } from "vitest";
import { streamKey } from "../src/base/random.ts";
import { sizeOf, type Shape } from "../src/base/shape.ts";
import { input } from "../src/graph/index.ts";
import {
  alphaDropout,
  defineModule,
  dropBlock,
  dropConnect,
  dropout,
  featureAlphaDropout,
  gaussianDropout,
  lecunNormal,
  linear,
  ones,
  selu,
  sequential,
  spatialDropout,
  stochasticDepth,
  trace,
  unitNoise,
  zeros,
  type Module,
} from "../src/nn/index.ts";
import { wasmBackend } from "../src/run/wasm.ts";
import { gaussians, meanOf, runLayer, varianceOf } from "./run-layer.ts";

const BOUND = 5;
const backend = wasmBackend();
const KEEP = 0.7;

/** A layer, fed so that its output shows each of its draws once. */
interface Subject {
  readonly make: () => Module;
  readonly shape: Shape;
  readonly x?: (i: number) => number;
  /** The draws, from the output: kept is 1, dropped is 0; or the noise itself. */
  readonly draws: (y: Float32Array) => number[];
  /** Draws that lie next to each other in memory: of other positions, or of other examples. */
  readonly mean?: number;
  readonly variance?: number;
}

const isNot =
  (dropped: number) =>
  (y: ArrayLike<number>): number[] =>
    Array.from(y, (value) => Number(Math.abs(value - dropped) > 1e-6));

/** Every `count`-th block of `width`: the first position of each example, all its channels. */
const firstPositions =
  (positions: number, width: number) =>
  (values: ArrayLike<number>): number[] =>
    Array.from(values).filter((_, i) => Math.floor(i / width) % positions === 0);

const alpha = alphaDropout({ keep: KEEP });
const droppedTo = alpha.a * -1.7580993408473766 + alpha.b;
const constantOne = defineModule("one", {}, (x) => x);

const subjects: Readonly<Record<string, Subject>> = {
  dropout: { make: () => dropout({ keep: KEEP }), shape: [100, 100], draws: isNot(0) },
  "spatialDropout 1d": {
    make: () => spatialDropout({ keep: KEEP }),
    shape: [100, 3, 80],
    draws: (y) => isNot(0)(firstPositions(3, 80)(y)),
  },
  "spatialDropout 2d": {
    make: () => spatialDropout({ keep: KEEP }),
    shape: [100, 2, 2, 80],
    draws: (y) => isNot(0)(firstPositions(4, 80)(y)),
  },
  alphaDropout: {
    make: () => alphaDropout({ keep: KEEP }),
    shape: [100, 100],
    draws: isNot(droppedTo),
  },
  featureAlphaDropout: {
    make: () => featureAlphaDropout({ keep: KEEP }),
    shape: [100, 2, 80],
    draws: (y) => isNot(droppedTo)(firstPositions(2, 80)(y)),
  },
  "dropBlock of single positions": {
    make: () => dropBlock({ keep: KEEP, blockSize: 1 }),
    shape: [10, 10, 10, 10],
    draws: isNot(0),
  },
  "dropConnect per batch": {
    make: () => dropConnect(linear(100, 90, { weight: ones, bias: false }), { keep: KEEP }),
    shape: [100, 100],
    x: (i) => Number(i % 101 === 0),
    draws: isNot(0),
  },
  "dropConnect per example": {
    make: () =>
      dropConnect(linear(1, 5, { weight: ones, bias: false }), { keep: KEEP, per: "example" }),
    shape: [2000, 1],
    draws: isNot(0),
  },
  stochasticDepth: {
    make: () => stochasticDepth(constantOne, { keep: KEEP }),
    shape: [8000, 2],
    draws: (y) => isNot(1)(y).filter((_, i) => i % 2 === 0),
  },
  gaussianDropout: {
    make: () => gaussianDropout({ keep: KEEP }),
    shape: [100, 100],
    draws: (y) => Array.from(y),
    mean: 1,
    variance: (1 - KEEP) / KEEP,
  },
};

async function drawn({ make, shape, x = () => 1, draws }: Subject, step: number, position = 0) {
  const layers = Array.from({ length: position + 1 }, (_, i) =>
    i === position ? make() : defineModule("nothing", {}, (value) => value),
  );
  const inputs = Float32Array.from({ length: sizeOf(shape) }, (_, i) => x(i));
  const { y } = await runLayer(sequential(...layers), shape, inputs, { step, backend });
  return draws(y);
}

/** The correlation of two equally long rows of draws, in its standard errors. */
function correlationScore(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  const covariance = meanOf(a.map((value, i) => (value - meanA) * (b[i]! - meanB)));
  return (covariance / Math.sqrt(varianceOf(a) * varianceOf(b))) * Math.sqrt(a.length);
}

/** A score that chance explains. */
const isSmall = (score: number): boolean => Math.abs(score) < BOUND;

describe.each(Object.entries(subjects))("%s", (_, subject) => {
  const { mean = KEEP, variance = KEEP * (1 - KEEP) } = subject;

  test("draws with the stated mean and variance", async () => {
    const values = await drawn(subject, 0);
    expect(values.length).toBeGreaterThanOrEqual(7000);
    expect((meanOf(values) - mean) / Math.sqrt(variance / values.length)).toSatisfy(isSmall);
    if (subject.variance === undefined) return;
    // The variance of a Gaussian sample's variance is 2 σ⁴ / n.
    const error = variance * Math.sqrt(2 / values.length);
    expect((varianceOf(values) - variance) / error).toSatisfy(isSmall);
  });

  test("draws anew at each step, and alike in each run", async () => {
    const [first, again, next, later] = await Promise.all(
      [0, 0, 1, 1000].map((step) => drawn(subject, step)),
    );
    expect(again).toEqual(first);
    expect(correlationScore(first!, next!)).toSatisfy(isSmall);
    expect(correlationScore(first!, later!)).toSatisfy(isSmall);
  });

  test("draws apart from the same layer elsewhere in the model", async () => {
    const [here, there, beyond] = await Promise.all(
      [0, 1, 2].map((position) => drawn(subject, 0, position)),
    );
    expect(correlationScore(here!, there!)).toSatisfy(isSmall);
    expect(correlationScore(there!, beyond!)).toSatisfy(isSmall);
  });

  test("draws positions and examples apart", async () => {
    const values = await drawn(subject, 3);
    for (const lag of [1, 2, 5, 80, 100]) {
      expect(correlationScore(values.slice(lag), values.slice(0, -lag))).toSatisfy(isSmall);
    }
  });

  test("draws nothing in phase eval", () => {
    const model = sequential(subject.make());
    const traced = trace(model, input("x", subject.shape), { phase: "eval" });
    expect(traced.randomStreams).toEqual([]);
    expect(trace(model, input("x", subject.shape), { phase: "train" }).randomStreams).toHaveLength(
      1,
    );
  });

  test("draws once for all examples if the noise is shared", async () => {
    const { make, shape } = subject;
    const x = gaussians(sizeOf(shape.slice(1)));
    const both = Float32Array.of(...x, ...x);
    const { y } = await runLayer(sequential(make()), [2, ...shape.slice(1)], both, {
      phase: "eval",
      noise: true,
      sharedNoise: true,
      backend,
    });
    expect(y.slice(y.length / 2)).toEqual(y.slice(0, y.length / 2));
  });
});

describe("dropBlock", () => {
  test("drops whole blocks: the share inside is 1 − (1 − γ)^9, and a corner drops all nine", async () => {
    const shape = [50, 8, 8, 20];
    const { y } = await runLayer(
      dropBlock({ keep: 0.8, blockSize: 3 }),
      shape,
      new Float32Array(sizeOf(shape)).fill(1),
      { backend },
    );
    const bit = (n: number, i: number, j: number, c: number): number =>
      Number(y[((n * 8 + i) * 8 + j) * 20 + c] !== 0);
    const gamma = ((0.2 / 9) * 64) / 36;
    const corner = [];
    for (let n = 0; n < 50; n++) for (let c = 0; c < 20; c++) corner.push(bit(n, 0, 0, c));
    // Only the block that starts there covers a map's corner.
    expect(
      (meanOf(corner) - (1 - gamma)) / Math.sqrt((gamma * (1 - gamma)) / corner.length),
    ).toSatisfy(isSmall);
    for (let n = 0; n < 50; n++) {
      for (let c = 0; c < 20; c++) {
        if (bit(n, 0, 0, c) === 1) continue;
        for (const [i, j] of [
          [0, 1],
          [1, 0],
          [2, 2],
          [1, 2],
        ] as const) {
          expect(bit(n, i, j, c)).toBe(0);
        }
      }
    }
    // One position per map: those of one map share blocks.
    const inside = [];
    for (let n = 0; n < 50; n++) for (let c = 0; c < 20; c++) inside.push(bit(n, 4, 4, c));
    const kept = (1 - gamma) ** 9;
    expect((meanOf(inside) - kept) / Math.sqrt((kept * (1 - kept)) / inside.length)).toSatisfy(
      isSmall,
    );
    // What is kept is scaled up, so that the sum of all activations stays.
    expect(meanOf(y)).toBeCloseTo(1, 4);
  });
});

describe("stochasticDepth", () => {
  test.each(["scale-inverted", "scale-weights"] as const)(
    "%s: training agrees with test in expectation",
    async (testTime) => {
      const layer = stochasticDepth(constantOne, { keep: KEEP, testTime });
      const shape = [8000, 1];
      const x = new Float32Array(8000).fill(1);
      const train = await runLayer(layer, shape, x, { backend });
      const atTest = await runLayer(layer, shape, x, { phase: "eval", backend });
      const branch = testTime === "scale-inverted" ? 1 : KEEP;
      expect(new Set(atTest.y)).toEqual(new Set([Math.fround(1 + branch)]));
      const deviation = branch * Math.sqrt((1 - KEEP) / KEEP / 8000);
      expect((meanOf(train.y) - (1 + branch)) / deviation).toSatisfy(isSmall);
    },
  );
});

describe("alphaDropout", () => {
  test.each([
    [0.95, 0.954844476, 0.0839355722],
    [0.9, 0.9212845161, 0.1619709701],
    [0.8, 0.8789035834, 0.3090399621],
    [0.5, 0.8864048947, 0.7791939305],
  ])("keep %d: a and b as the authors' code has them", (keep, a, b) => {
    const layer = alphaDropout({ keep });
    expect(layer.a).toBeCloseTo(a, 9);
    expect(layer.b).toBeCloseTo(b, 9);
  });

  test("keeps mean 0 and variance 1 of what comes in", async () => {
    const n = 40_000;
    const { y } = await runLayer(alphaDropout({ keep: 0.5 }), [n, 1], gaussians(n, 4), { backend });
    expect(meanOf(y) * Math.sqrt(n)).toSatisfy(isSmall);
    // Fourth moment of the mixture below 3, so the variance's own variance is below 2 / n.
    expect(((varianceOf(y) - 1) * Math.sqrt(n)) / Math.SQRT2).toSatisfy(isSmall);
  });

  /** Mean and variance behind each of ten layers of `width` SELU units. */
  async function throughTen(drop: () => Module): Promise<{ mean: number; variance: number }[]> {
    const [width, examples] = [192, 400];
    const moments = [];
    const layers: Module[] = [];
    const x = gaussians(width * examples, 7);
    for (let depth = 0; depth < 10; depth++) {
      layers.push(linear(width, width, { weight: lecunNormal, bias: zeros }), selu(), drop());
      const { y } = await runLayer(sequential(...layers), [examples, width], x, { backend });
      moments.push({ mean: meanOf(y), variance: varianceOf(y) });
    }
    return moments;
  }

  test("keeps mean 0 and variance 1 through ten SELU layers, where dropout does not", async () => {
    const kept = await throughTen(() => alphaDropout({ rate: 0.1 }));
    // Weights are drawn once per layer: means of 192 units of one draw spread by some 0.07.
    for (const { mean, variance } of kept) {
      expect(Math.abs(mean)).toBeLessThan(0.15);
      expect(variance).toBeGreaterThan(0.8);
      expect(variance).toBeLessThan(1.25);
    }
    const lost = (await throughTen(() => dropout({ rate: 0.1 }))).at(-1)!;
    const last = kept.at(-1)!;
    const away = (found: typeof last): number =>
      Math.abs(found.mean) + Math.abs(found.variance - 1);
    expect(away(lost)).toBeGreaterThan(2 * away(last));
  });
});

describe("unitNoise", () => {
  const [examples, units] = [400, 300];
  const run = async (value: number, step = 0): Promise<number[][]> => {
    const x = new Float32Array(examples * units).fill(value);
    const { y } = await runLayer(unitNoise(), [examples, units], x, { step, backend });
    return Array.from({ length: units }, (_, c) =>
      Array.from({ length: examples }, (__, n) => y[n * units + c]!),
    );
  };

  test("shifts uniformly about a mean drawn per unit, scales normally about one", async () => {
    const shifts = await run(0);
    const both = await run(1);
    const centers = shifts.map(meanOf);
    // U(−½, ½), found to within the mean of 400 jitters.
    expect(meanOf(centers) / Math.sqrt(1 / 12 / units)).toSatisfy(isSmall);
    expect((varianceOf(centers) - 1 / 12) / Math.sqrt((1 / 80 - 1 / 144) / units)).toSatisfy(
      isSmall,
    );
    const jitters = shifts.flatMap((values, c) => values.map((value) => value - centers[c]!));
    expect(
      Math.max(...shifts.map((values) => Math.max(...values) - Math.min(...values))),
    ).toBeLessThanOrEqual(0.2 + 1e-6);
    const spread = 0.2 ** 2 / 12;
    const ofVariance = Math.sqrt((0.1 ** 4 / 5 - spread ** 2) / jitters.length);
    expect((varianceOf(jitters) - spread * (1 - 1 / examples)) / ofVariance).toSatisfy(isSmall);

    const scales = both.map((values, c) => values.map((value, n) => value - shifts[c]![n]!));
    const means = scales.map(meanOf);
    expect((meanOf(means) - 1.125) / Math.sqrt(0.25 ** 2 / 12 / units)).toSatisfy(isSmall);
    const deviations = scales.flatMap((values, c) => values.map((value) => value - means[c]!));
    const size = deviations.length;
    expect(
      (varianceOf(deviations) - 0.01 * (1 - 1 / examples)) / (0.01 * Math.sqrt(2 / size)),
    ).toSatisfy(isSmall);
  });

  test("draws the units' means anew at each step", async () => {
    const [now, then] = [(await run(0)).map(meanOf), (await run(0, 1)).map(meanOf)];
    expect(correlationScore(now, then)).toSatisfy(isSmall);
  });
});

test("keys of a layer that draws four times are four streams", () => {
  const { randomStreams } = trace(sequential(unitNoise()), input("x", [2, 3]), { phase: "train" });
  const keys = randomStreams.map(({ stream }) => streamKey(1, stream, 0).join());
  expect(new Set(keys).size).toBe(4);
});

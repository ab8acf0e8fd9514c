/** Networks of every layer with statistics or noise train: repeatably, resumably, towards less loss. */
import { describe, expect, test } from "vitest";
import { twoMoons } from "../src/data/generated.ts";
import {
  alphaDropout,
  batchNorm,
  batchRenorm,
  dropConnect,
  elu,
  foldNormalization,
  gaussianDropout,
  ghostBatchNorm,
  lecunNormal,
  linear,
  lpBatchNorm,
  meanOnlyBatchNorm,
  noisyBatchNorm,
  rmsNorm,
  selu,
  sequential,
  silu,
  spectralNorm,
  stochasticDepth,
  weightNorm,
  weightStandardization,
  type Module,
  type Weights,
} from "../src/nn/index.ts";
import { adam, crossEntropy, evaluate, fit, type FitOptions } from "../src/train/index.ts";
import { backends } from "./backends.ts";

const moons = await twoMoons({ train: 96, test: 32, seed: 4 });
const STEPS = 60;

const networks: Readonly<Record<string, () => Module>> = {
  "statistics that count and ramp": () =>
    sequential(
      linear(2, 8),
      batchNorm(8, { decay: "cumulative" }),
      silu(),
      linear(8, 8),
      batchRenorm(8, { ramp: { from: 10, to: 40 } }),
      elu(),
      linear(8, 2),
    ),
  "other batch statistics": () =>
    sequential(
      linear(2, 8),
      noisyBatchNorm(8),
      elu(),
      linear(8, 8),
      ghostBatchNorm(8, { ghostSize: 8 }),
      elu(),
      linear(8, 8),
      lpBatchNorm(8, { order: 1 }),
      elu(),
      linear(8, 2),
    ),
  "wrapped weights": () =>
    sequential(
      weightNorm(linear(2, 8)),
      meanOnlyBatchNorm(8),
      elu(),
      dropConnect(linear(8, 8), { rate: 0.2 }),
      elu(),
      spectralNorm(linear(8, 8)),
      elu(),
      weightStandardization(linear(8, 8)),
      rmsNorm(8),
      linear(8, 2),
    ),
  "noise of all kinds": () =>
    sequential(
      linear(2, 8, { weight: lecunNormal }),
      selu(),
      alphaDropout({ rate: 0.1 }),
      stochasticDepth(sequential(linear(8, 8), elu()), { keep: 0.8 }),
      gaussianDropout({ rate: 0.1 }),
      linear(8, 2),
    ),
};

const bitsOf = (weights: Weights): Record<string, readonly number[]> =>
  Object.fromEntries(
    [...weights].map(([path, { data }]) => [
      path,
      [...new Uint32Array(data.buffer, data.byteOffset, data.length)],
    ]),
  );

describe.each(backends)("on $description", (backend) => {
  const options = {
    data: moons,
    loss: crossEntropy(),
    optimizer: adam({ learningRate: 0.02 }),
    steps: STEPS,
    batchSize: 16,
    seed: 5,
    backend,
    evaluateEvery: STEPS,
  } satisfies FitOptions;

  test.each(Object.entries(networks))("%s", async (_, make) => {
    const losses: number[] = [];
    const checkpoints: Uint8Array[] = [];
    const onCheckpoint = (_step: number, bytes: Uint8Array): void => {
      checkpoints.push(bytes);
    };
    const whole = fit(make(), { ...options, checkpointEvery: 25, onCheckpoint });
    for await (const event of whole) {
      if (event.type === "evaluation" && event.split === "test") losses.push(event.result.loss);
    }
    const weights = whole.weights();
    expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);

    const resumed = fit(make(), { ...options, resumeFrom: checkpoints[0]! });
    for await (const event of resumed) expect(event.step).toBeGreaterThanOrEqual(25);
    expect(bitsOf(resumed.weights())).toEqual(bitsOf(weights));

    const folded = foldNormalization(make(), weights);
    expect([...folded.weights.keys()].every((path) => /(weight|bias|scale)$/.test(path))).toBe(
      true,
    );
    const { loss } = options;
    const plain = await evaluate(make(), weights, moons.test, { loss, backend });
    const found = await evaluate(folded.model, folded.weights, moons.test, { loss, backend });
    expect(found.loss).toBeCloseTo(plain.loss, 4);
  });
});

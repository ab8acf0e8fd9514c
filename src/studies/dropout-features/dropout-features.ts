import { defineStudy, sizeNamed, type RunSetup, type Study } from "../../experiments/index.ts";
import { meanSquaredError, type Weights } from "../../nn/index.ts";
import { adam, fit, polynomialDecay, predict, type TrainEvent } from "../../train/index.ts";
import { afterTraining, type FinalProbe } from "../dropout-parts/after-training.ts";
import { drawExamples } from "../dropout-parts/draw-examples.ts";
import { noiseProbe } from "../dropout-parts/noise-probe.ts";
import { SOURCE } from "../dropout-parts/source.ts";
import { featureFigures } from "./figures.ts";
import { activationValues, featureValues } from "./look-at-features.ts";
import {
  ACTIVATIONS,
  checkFeatures,
  FEATURES,
  measures,
  type FeaturesMeasure,
} from "./measures.ts";
import {
  autoencoder,
  ENCODER_BIAS,
  ENCODER_WEIGHT,
  HIDDEN,
  hiddenUnits,
  KEEP,
  PIXELS,
  reconstructing,
  type FeaturesArm,
} from "./model.ts";
import { judge, RULE } from "./verdict.ts";

const BATCH_SIZE = 100;
/** Adam's usual one. */
const RATE = 0.001;

/**
 * What do an autoencoder's hidden units look for with and without dropout, and how often are they
 * silent?
 *
 * Source: Srivastava et al. 2014 (JMLR 15), sections 7.1 and 7.2, figures 7 and 8.
 */
const study: Study<FeaturesArm, FeaturesMeasure> = defineStudy<FeaturesArm, FeaturesMeasure>({
  id: "dropout-features",
  revision: 1,
  title: "Features and sparsity with dropout",
  question:
    "Does dropout make the hidden units of an autoencoder local and sparse at a similar reconstruction error?",
  claim:
    "At a similar test reconstruction error, hidden units with dropout detect local parts of digits, where without dropout they mean nothing by themselves; and few of them are active, with a lower mean activation.",
  source: { ...SOURCE, place: "sections 7.1 and 7.2, figures 7 and 8" },
  data: { name: "mnist", options: {} },
  protocol: {
    arms: [
      {
        id: "without",
        label: "without dropout",
        short: "without",
        description: `${PIXELS} pixels, ${HIDDEN} ReLU units, ${PIXELS} logistic outputs.`,
      },
      {
        id: "with",
        label: "with dropout",
        short: "with",
        description: `The same; hidden units are kept with probability ${KEEP} while training and multiplied with it at test, as in the paper.`,
      },
    ],
    held: {
      "First weights":
        "Gaussian, He’s into and Glorot’s out of the hidden units; biases 0; bitwise the same in both arms of a seed",
      "Batch order": "bitwise the same in both arms of a seed, reshuffled each epoch",
      "Batch size": String(BATCH_SIZE),
      Optimizer: `Adam, learning rate ${RATE} falling in a straight line to 0`,
      Loss: "squared error, mean over pixels and examples; no weight decay",
      Input: "MNIST, grey levels from 0 to 1; all 10,000 test digits",
    },
    differs: [
      "The paper states neither optimizer nor loss for its autoencoders. A related example that its authors released has logistic outputs and squared error, as here, and trains with momentum and weight decay; ours is Adam at its usual rate, the same in both arms, without weight decay, which would itself change features.",
      "The paper looks at one random test mini-batch; means and shares here are over all test digits.",
      "The paper does not say whether its mean activations, about 2.0 without and 0.7 with dropout by eye, include the factor p of the test-time network; both are reported, and the finding rests on the stricter, without it. Activations have no scale of their own in a ReLU network, so their size compares arms of this protocol only; the share of zeros has no such weakness.",
      "“Local” is a judgement by eye in the paper; the extent in pixels is our measure of it, and the bounds of “similar” are ours. Both were fixed before the first run.",
      "The preset quick trains on 20,000 digits; the others on all.",
    ],
    presets: {
      quick: {
        steps: 5_000,
        seeds: 3,
        evaluateEvery: 2_500,
        observeEvery: 500,
        checkpointEvery: 5_000,
        sizes: { examples: 20_000 },
      },
      standard: {
        steps: 40_000,
        seeds: 5,
        evaluateEvery: 10_000,
        observeEvery: 4_000,
        checkpointEvery: 10_000,
        sizes: { examples: 60_000 },
      },
      paper: {
        steps: 100_000,
        seeds: 10,
        evaluateEvery: 10_000,
        observeEvery: 10_000,
        checkpointEvery: 10_000,
        sizes: { examples: 60_000 },
      },
    },
  },
  measures,
  train,
  keep: ({ probes }) => probes,
  check: checkFeatures,
  rule: RULE,
  verdict: judge,
  figures: featureFigures,
});
export default study;

function train(setup: RunSetup<FeaturesArm>): AsyncIterable<TrainEvent> {
  const { arm, seed, scale, data, backend, resume, saveCheckpoint, signal } = setup;
  const { steps } = scale;
  const drawn = drawExamples(data.train, sizeNamed(scale, "examples"), seed);
  const examples = reconstructing(drawn);
  const run = fit(autoencoder(arm), {
    data: {
      train: examples,
      test: reconstructing(data.test),
      hash: `${data.hash}/${drawn.count}/${seed}`,
    },
    loss: meanSquaredError(),
    optimizer: adam({ learningRate: polynomialDecay({ start: RATE, end: 0, steps }) }),
    steps,
    batchSize: BATCH_SIZE,
    seed,
    backend,
    reportEvery: Math.max(1, Math.floor(steps / 100)),
    evaluateEvery: scale.evaluateEvery,
    checkpointEvery: scale.checkpointEvery,
    onCheckpoint: saveCheckpoint,
    observe: [noiseProbe({ examples, batchSize: BATCH_SIZE, seed, every: scale.observeEvery })],
    ...(resume && { resumeFrom: resume }),
    ...(signal && { signal }),
  });
  const lit = Array.from({ length: PIXELS }, (_, pixel) => {
    for (let row = 0; row < drawn.count; row++) {
      if (drawn.inputs[row * PIXELS + pixel] !== 0) return true;
    }
    return false;
  });
  const look = async (weights: Weights): Promise<readonly FinalProbe[]> => {
    const held = [ENCODER_WEIGHT, ENCODER_BIAS].map((path) => [path, weights.get(path)!] as const);
    const hidden = await predict(hiddenUnits(), new Map(held), data.test, { backend });
    const features = featureValues(weights.get(ENCODER_WEIGHT)!.data, HIDDEN, lit);
    return [
      { probe: ACTIVATIONS, unit: "activation", values: activationValues(hidden.data, HIDDEN) },
      { probe: FEATURES, unit: "weights, largest 127", values: features },
    ];
  };
  return afterTraining(run, look);
}

import {
  combineFindings,
  defineStudy,
  findLarger,
  findWithin,
  sizeNamed,
  type Study,
} from "../../experiments/index.ts";
import { crossEntropy } from "../../nn/index.ts";
import { normalizationError } from "../../probes/index.ts";
import { everyParameter, fit, sgd, stepDecay } from "../../train/index.ts";
import { firstExamples } from "../first-examples.ts";
import { batchArms, rateOf, settingOf, type BatchArm } from "./arms.ts";
import { batchFigures } from "./figures.ts";
import { checkBatchNorm, measures, NORMALIZATION, type BatchMeasure } from "./measures.ts";
import { CHANNELS_PER_GROUP, lastRelu, REFERENCE_BATCH, smallConvNet } from "./model.ts";

const MOMENTUM = 0.9;
const WEIGHT_DECAY = 1e-4;
/** Training images that the probe looks at. */
const OBSERVED = 256;
/** Margin within which two errors count as the same, fixed before the first run. */
const MARGIN = 0.02;

/** After 30, 60 and 90 % of the steps; fewer drops where there are hardly any steps. */
function drops(steps: number): number[] {
  const places = [0.3, 0.6, 0.9].map((share) => Math.max(1, Math.round(share * steps)));
  return [...new Set(places)];
}

/**
 * Does batch normalization get worse with small batches, and group normalization not?
 *
 * Source: Wu & He 2018 (arXiv:1803.08494), section 4.1, figures 1 and 5, table 2.
 */
const study: Study<BatchArm, BatchMeasure> = defineStudy<BatchArm, BatchMeasure>({
  id: "groupnorm-batch-size",
  revision: 1,
  title: "Group normalization and the batch size",
  question:
    "Does the error of batch normalization rise as batches shrink from 32 images to 2, while that of group normalization stays?",
  claim:
    "With batches of 2 images group normalization has a clearly lower error than batch normalization, whose error has risen since 32; its own has not; and at 32 the two are close.",
  source: {
    authors: "Wu & He",
    year: 2018,
    title: "Group Normalization",
    place: "section 4.1, figures 1 and 5, table 2",
    id: "arXiv:1803.08494",
  },
  data: { name: "cifar10", options: {} },
  protocol: {
    arms: batchArms,
    held: {
      Network: `four 3 × 3 convolutions of w, 2w, 4w and 4w channels (w is the preset’s width), the first three of stride 2, each normalized before its ReLU; mean over all places; one dense layer. Group normalization: groups of ${CHANNELS_PER_GROUP} channels`,
      "First weights":
        "He’s normal, scales 1, shifts and biases 0; bitwise the same in all arms of a seed",
      "Images seen":
        "the same number in every arm, in one order per seed: a preset’s steps are those of batches of 32",
      Optimizer: `stochastic gradient descent, momentum ${MOMENTUM}, weight decay ${WEIGHT_DECAY} of every parameter; learning rate 0.1 · batch size / 32, divided by 10 after 30, 60 and 90 % of the steps`,
      Loss: "cross-entropy, mean over the batch",
      Input: "CIFAR-10, 50,000 training images, levels in [0, 1], no augmentation",
    },
    differs: [
      "The paper trains ResNet-50 on ImageNet for 100 epochs; ours is a small convolutional net on CIFAR-10, at quick for a third of an epoch (16,000 images: 8,000 steps of 2, but only 125 of 128, so that what a large batch lacks there is steps), at standard for four. Its deepest layers have 4 × 4 places, so that a batch of 2 gives 32 values per mean there (98 in the paper’s net).",
      "The paper’s batch sizes are images per GPU of eight, whose gradients are averaged: 2 to 32 images share a mean, 16 to 256 a step. Ours is one worker: what shares a mean is the whole step’s batch. The rule for the rate, 0.1 · N / 32 with N per GPU, is the paper’s. 128 is added to its sizes.",
      "Momentum is not stated in what we read of the paper; 0.9 is what its networks are usually trained with. The last norm’s scale starts at 1 (0 in the paper’s residual blocks; there are none here).",
      "Running statistics keep 0.9 of their value per 32 images at every batch size, not per step: else those of small batches would also be the noisier average at test. This helps batch normalization.",
      "Groups of 4 channels are ours; the paper’s 32 groups do not fit a net so narrow.",
      "Error is that after the last step; the paper takes the median of the last 5 epochs. “Close” and “stays” mean within 2 points, fixed before the first run; presets quick and standard test on 2,000 and 5,000 images.",
    ],
    presets: {
      quick: {
        steps: 500,
        seeds: 3,
        evaluateEvery: 100,
        observeEvery: 500,
        checkpointEvery: 2_000,
        sizes: { width: 8, testExamples: 2_000 },
      },
      standard: {
        steps: 6_000,
        seeds: 5,
        evaluateEvery: 1_200,
        observeEvery: 6_000,
        checkpointEvery: 6_000,
        sizes: { width: 8, testExamples: 5_000 },
      },
      paper: {
        steps: 156_000,
        seeds: 5,
        evaluateEvery: 1_560,
        observeEvery: 15_600,
        checkpointEvery: 15_600,
        sizes: { width: 64, testExamples: 10_000 },
      },
    },
  },
  measures,
  train({ arm, seed, scale, data, backend, resume, saveCheckpoint, signal }) {
    const { norm, batchSize } = settingOf(arm);
    const stepsFor = (steps: number): number =>
      Math.max(1, Math.round((steps * REFERENCE_BATCH) / batchSize));
    const steps = stepsFor(scale.steps);
    const observed = Math.min(OBSERVED, data.train.count);
    return fit(smallConvNet(norm, batchSize, sizeNamed(scale, "width")), {
      data: { ...data, test: firstExamples(data.test, sizeNamed(scale, "testExamples")) },
      loss: crossEntropy(),
      optimizer: sgd({
        learningRate: stepDecay({ start: rateOf(batchSize), every: drops(steps) }),
        momentum: MOMENTUM,
        weightDecay: WEIGHT_DECAY,
        decayRule: everyParameter,
      }),
      steps,
      batchSize,
      seed,
      backend,
      reportEvery: stepsFor(50),
      evaluateEvery: stepsFor(scale.evaluateEvery),
      checkpointEvery: stepsFor(scale.checkpointEvery),
      onCheckpoint: saveCheckpoint,
      observe: [
        normalizationError({
          name: NORMALIZATION,
          layer: lastRelu.layer,
          ...(norm === "bn" && { target: lastRelu.target }),
          examples: data.train,
          count: observed - (observed % batchSize),
          batchSize,
          phase: "train",
          every: stepsFor(scale.observeEvery),
        }),
      ],
      ...(resume && { resumeFrom: resume }),
      ...(signal && { signal }),
    });
  },
  keep: ({ probes }) => probes,
  check: checkBatchNorm,
  rule: "With batches of 2 the error of batch normalization must be larger than that of group normalization, and larger than its own with batches of 32, each by the 95 % paired t-interval; the difference of group normalization between 2 and 32, and of the two at 32, must lie within ± 2 points with its whole interval. A part is contradicted if the interval lies on the other side of zero, or wholly outside ± 2 points. The whole claim is contradicted if any part is, supported if all four are, and undecided otherwise, or if the check failed.",
  verdict(summaries, check) {
    const about = { measure: "test-error", summary: summaries["test-error"] } as const;
    const findings = [
      findLarger({
        ...about,
        claim: "With batches of 2, group normalization has the lower error.",
        first: "bn-2",
        second: "gn-2",
        difference: "BN − GN, batches of 2",
      }),
      findLarger({
        ...about,
        claim: "The error of batch normalization rises from batches of 32 to 2.",
        first: "bn-2",
        second: "bn-32",
        difference: "BN, batches of 2 − 32",
      }),
      findWithin({
        ...about,
        claim: "The error of group normalization stays from batches of 32 to 2.",
        first: "gn-2",
        second: "gn-32",
        difference: "GN, batches of 2 − 32",
        margin: MARGIN,
      }),
      findWithin({
        ...about,
        claim: "With batches of 32 the two are close.",
        first: "gn-32",
        second: "bn-32",
        difference: "GN − BN, batches of 32",
        margin: MARGIN,
      }),
    ];
    return combineFindings(findings, check);
  },
  figures: batchFigures,
});
export default study;

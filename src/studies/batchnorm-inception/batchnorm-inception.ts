import {
  combineFindings,
  defineStudy,
  findLarger,
  sizeNamed,
  type Study,
} from "../../experiments/index.ts";
import { crossEntropy } from "../../nn/index.ts";
import { normalizationError } from "../../probes/index.ts";
import { fit, sgd } from "../../train/index.ts";
import { firstExamples } from "../first-examples.ts";
import { BASE_RATE, inceptionArms, rateOf, settings, type InceptionArm } from "./arms.ts";
import { inceptionFigures } from "./figures.ts";
import { checkInception, measures, NORMALIZATION, type InceptionMeasure } from "./measures.ts";
import { firstActivation, inceptionNet } from "./model.ts";

const BATCH_SIZE = 32;
const MOMENTUM = 0.9;
/** Training images that the probe looks at. */
const OBSERVED = 320;
const REPORT_EVERY = 50;

interface Part {
  readonly claim: string;
  readonly measure: InceptionMeasure;
  readonly first: InceptionArm;
  readonly second: InceptionArm;
  readonly difference: string;
}

const PARTS: readonly Part[] = [
  {
    claim: "At Inception’s own rate, batch normalization saves steps.",
    measure: "steps-to-target",
    first: "inception",
    second: "bn",
    difference: "Inception − BN",
  },
  {
    claim: "At five times the rate, without dropout, it saves steps.",
    measure: "steps-to-target",
    first: "inception",
    second: "bn-x5",
    difference: "Inception − BN ×5",
  },
  {
    claim: "It saves more at five times the rate than at Inception’s own.",
    measure: "steps-to-target",
    first: "bn",
    second: "bn-x5",
    difference: "BN − BN ×5",
  },
  {
    claim: "At thirty times the rate it ends higher than at five times.",
    measure: "final-accuracy",
    first: "bn-x30",
    second: "bn-x5",
    difference: "BN ×30 − BN ×5",
  },
  {
    claim: "Without it, five times the rate is too much.",
    measure: "final-accuracy",
    first: "bn-x5-dropout",
    second: "inception-x5",
    difference: "BN ×5 with dropout − Inception ×5",
  },
  {
    claim: "With it, sigmoids learn; without, they do not.",
    measure: "final-accuracy",
    first: "bn-x5-sigmoid",
    second: "sigmoid",
    difference: "BN ×5 with sigmoids − Inception with sigmoids",
  },
  {
    claim: "With it, dropout can go: the accuracy rises.",
    measure: "final-accuracy",
    first: "bn-x5",
    second: "bn-x5-dropout",
    difference: "BN ×5 without − with dropout",
  },
];

/**
 * Does an Inception network with batch normalization get to the accuracy of one without in fewer
 * steps, and what do five and thirty times the learning rate, no dropout, and sigmoids do?
 *
 * Source: Ioffe & Szegedy 2015 (arXiv:1502.03167), section 4.2, figures 2 and 3.
 */
const study: Study<InceptionArm, InceptionMeasure> = defineStudy<InceptionArm, InceptionMeasure>({
  id: "batchnorm-inception",
  revision: 1,
  title: "Batch normalization in an Inception network",
  question:
    "Does an Inception network with batch normalization after every convolution match the one without in fewer steps, at its rate and at five times it, and does it end higher at thirty times?",
  claim:
    "With batch normalization an Inception network matches the one without in fewer steps, in fewer still at five times the learning rate and without dropout; at thirty times it ends highest; sigmoids learn with it alone, and without it five times the rate is too much.",
  source: {
    authors: "Ioffe & Szegedy",
    year: 2015,
    title:
      "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
    place: "section 4.2, figures 2 and 3",
    id: "arXiv:1502.03167",
  },
  data: { name: "cifar10", options: {} },
  protocol: {
    arms: inceptionArms,
    held: {
      Network:
        "a 3 × 3 convolution of stride 2, a pool, two modules of four branches (1 × 1; 1 × 1 and 3 × 3; 1 × 1 and two 3 × 3; mean pool and 1 × 1), a pool, a third module, the mean over all places, a dense layer; each branch has the preset’s width in channels",
      "First weights":
        "He’s normal for ReLU, variance 1 / fan-in for sigmoids; the same draws in all arms of a seed that have the same activation",
      "Batch order": "bitwise the same in all arms of a seed, reshuffled each epoch",
      "Batch size": String(BATCH_SIZE),
      Optimizer: `stochastic gradient descent, momentum ${MOMENTUM}, constant rate; ×1 is ${BASE_RATE}`,
      Loss: "cross-entropy, mean over the batch",
      Input: "CIFAR-10, 50,000 training images, levels in [0, 1], no augmentation",
    },
    differs: [
      "The paper trains a network of 13.6 million parameters on ImageNet for millions of steps; ours has three modules and trains on CIFAR-10, at quick on a quarter of it once. So what comes late in training (overfitting, and dropout against it) hardly shows at quick.",
      `The paper’s base rate, 0.0015, belongs to its network. Ours, ${BASE_RATE}, was chosen on Inception without normalization alone: of five from 0.003 to 0.3 the one that ends highest on 2,000 images held out of training after the steps of quick, with a seed that is not the study’s (20.1 %; 0.1 and 0.3 end at guessing).`,
      "The target is what that same choice ended at, rounded down to a whole percent (20 % after 400 steps; 31 % after 2,000, the steps of standard), as the paper’s 72.2 % is what Inception ends at: a preset’s target belongs to its steps and width. That of paper is set by hand.",
      "The rates are constant; the paper’s decay, six times faster for BN-x5. Its other changes of BN-x5 (less weight decay and distortion, other shuffling, no local response normalization) have no counterpart here: ours has none of these to begin with.",
      "BN-Baseline’s dropout is not stated; “same as Inception” implies it. Inception without dropout and BN-x5 with it are added, and Inception at five times the rate and Inception with sigmoids, which the paper’s text tells of, are arms here.",
      "A run that diverges counts as guessing in the accuracy, and as all its steps in the steps.",
    ],
    presets: {
      quick: {
        steps: 400,
        seeds: 3,
        evaluateEvery: 20,
        observeEvery: 200,
        checkpointEvery: 400,
        sizes: { width: 8, testExamples: 1_000, targetPercent: 20 },
      },
      standard: {
        steps: 2_000,
        seeds: 5,
        evaluateEvery: 50,
        observeEvery: 500,
        checkpointEvery: 1_000,
        sizes: { width: 8, testExamples: 2_000, targetPercent: 31 },
      },
      paper: {
        steps: 100_000,
        seeds: 5,
        evaluateEvery: 500,
        observeEvery: 5_000,
        checkpointEvery: 5_000,
        sizes: { width: 64, testExamples: 10_000, targetPercent: 75 },
      },
    },
  },
  measures,
  train({ arm, seed, scale, data, backend, resume, saveCheckpoint, signal }) {
    const setting = settings[arm];
    const observed = Math.min(OBSERVED, Math.floor(data.train.count / BATCH_SIZE) * BATCH_SIZE);
    const observer = normalizationError({
      name: NORMALIZATION,
      ...firstActivation[setting.normalized ? "normalized" : "plain"],
      examples: data.train,
      count: observed,
      batchSize: BATCH_SIZE,
      phase: "train",
      every: scale.observeEvery,
    });
    return fit(inceptionNet({ ...setting, width: sizeNamed(scale, "width") }), {
      data: { ...data, test: firstExamples(data.test, sizeNamed(scale, "testExamples")) },
      loss: crossEntropy(),
      optimizer: sgd({ learningRate: rateOf(arm), momentum: MOMENTUM }),
      steps: scale.steps,
      batchSize: BATCH_SIZE,
      seed,
      backend,
      reportEvery: REPORT_EVERY,
      evaluateEvery: scale.evaluateEvery,
      checkpointEvery: scale.checkpointEvery,
      onCheckpoint: saveCheckpoint,
      observe: arm === "bn" || arm === "inception" ? [observer] : [],
      ...(resume && { resumeFrom: resume }),
      ...(signal && { signal }),
    });
  },
  keep: ({ probes }) => probes,
  check: checkInception,
  rule: "Each of the seven parts is supported if the 95 % paired t-interval of its difference lies above zero, contradicted if it lies below, and undecided if it holds zero, rests on fewer than three seeds, or would rest on lower bounds of the side that counts. The whole claim is contradicted if any part is, supported if all are, and undecided otherwise, or if normalization did not do what it should.",
  verdict(summaries, check) {
    const findings = PARTS.map((part) => findLarger({ ...part, summary: summaries[part.measure] }));
    return combineFindings(findings, check);
  },
  figures: inceptionFigures,
});
export default study;

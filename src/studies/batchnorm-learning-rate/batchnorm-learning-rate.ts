import { combineFindings, defineStudy, findLarger, type Study } from "../../experiments/index.ts";
import { crossEntropy } from "../../nn/index.ts";
import { normalizationError } from "../../probes/index.ts";
import { fit, sgd } from "../../train/index.ts";
import {
  armId,
  baseRates,
  rateArms,
  rateOf,
  settingOf,
  type Factor,
  type RateArm,
  type RateSetting,
} from "./arms.ts";
import { rateFigures } from "./figures.ts";
import { checkAtBaseRates, measures, NORMALIZATION, type RateMeasure } from "./measures.ts";
import { activations, rateNetwork, SIGMOID_STD, type Activation } from "./model.ts";

const BATCH_SIZE = 60;
/** Held-out digits that the probe looks at. */
const OBSERVED = 600;
const REPORT_EVERY = 50;

/** The last hidden activation, and the normalization before it. */
const LAST = {
  plain: { layer: "5" },
  bn: { layer: "8", target: { scale: "7.scale", shift: "7.shift" } },
} as const;

/** The four parts of the claim for one kind of net; all on the net without BN at its best rate. */
const PARTS: readonly {
  readonly claim: (net: string) => string;
  readonly measure: RateMeasure;
  readonly first: readonly [RateSetting["normalization"], Factor];
  readonly second: readonly [RateSetting["normalization"], Factor];
  readonly difference: string;
}[] = [
  {
    claim: (net) => `${net}: at the rate tuned without it, batch normalization saves steps.`,
    measure: "steps-to-target",
    first: ["plain", "x1"],
    second: ["bn", "x1"],
    difference: "without at ×1 − with at ×1",
  },
  {
    claim: (net) =>
      `${net}: at five times that rate, it saves steps against the tuned net without it.`,
    measure: "steps-to-target",
    first: ["plain", "x1"],
    second: ["bn", "x5"],
    difference: "without at ×1 − with at ×5",
  },
  {
    claim: (net) => `${net}: at thirty times that rate, only the net with it learns.`,
    measure: "final-accuracy",
    first: ["bn", "x30"],
    second: ["plain", "x30"],
    difference: "with at ×30 − without at ×30",
  },
  {
    claim: (net) => `${net}: at thirty times that rate, it ends above the tuned net without it.`,
    measure: "final-accuracy",
    first: ["bn", "x30"],
    second: ["plain", "x1"],
    difference: "with at ×30 − without at ×1",
  },
];

const NAMES: Readonly<Record<Activation, string>> = {
  sigmoid: "Sigmoid net",
  relu: "ReLU net",
};

/**
 * How much larger may the learning rate be with batch normalization, and what is gained?
 *
 * Source: Ioffe & Szegedy 2015 (arXiv:1502.03167), sections 3.3 and 4.2.
 * Their factors on a small MNIST network, against a rate tuned for the net without: see `differs`.
 */
const study: Study<RateArm, RateMeasure> = defineStudy<RateArm, RateMeasure>({
  id: "batchnorm-learning-rate",
  revision: 1,
  title: "Batch normalization and the learning rate",
  question:
    "Does batch normalization let a network train at five and thirty times the learning rate that is best without it, and does that save steps?",
  claim:
    "Batch normalization saves steps at the same learning rate, saves more at five times that rate, and at thirty times it still trains, to a higher accuracy, where the net without it cannot.",
  source: {
    authors: "Ioffe & Szegedy",
    year: 2015,
    title:
      "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
    place: "sections 3.3, 4.2.1 and 4.2.2",
    id: "arXiv:1502.03167",
  },
  data: { name: "mnist", options: {} },
  protocol: {
    arms: rateArms,
    held: {
      "First weights": `sigmoid nets: Gaussian, standard deviation ${SIGMOID_STD}; ReLU nets: He’s normal; bitwise the same with and without normalization and at all rates of a seed`,
      "Batch order": "bitwise the same in all arms of a seed, reshuffled each epoch",
      "Batch size": String(BATCH_SIZE),
      Optimizer: `plain stochastic gradient descent, constant rate; ×1 is ${baseRates.sigmoid} for sigmoid nets, ${baseRates.relu} for ReLU nets`,
      Loss: "cross-entropy, mean over the batch",
      Input: "MNIST, 60,000 training and 10,000 test digits, grey levels in [0, 1]",
    },
    differs: [
      "The paper’s factors belong to a 13.6-million-parameter Inception network on ImageNet at a base rate of 0.0015, with momentum, dropout, weight decay and a decaying rate; ours are applied to the small network of its MNIST section, trained with plain gradient descent at a constant rate. The study batchnorm-inception has the convolutional counterpart.",
      "The base rates were chosen on the nets without normalization alone, before any run with it: of six rates from 0.2 to 10 (sigmoid) and 0.02 to 1 (ReLU), those with the highest mean accuracy on 10,000 digits held out of training after 2,000 steps, over three seeds that are not the study’s: 96.1 % at 2 and 96.9 % at 0.1. So the opponent is tuned, and normalization is not: five times the base rate is already beyond what the sigmoid net without it can bear.",
      "The target of 95 % is ours; it lies just under what both nets without normalization end at in that choice, as the paper’s 72.2 % is what Inception ends at.",
      "A fifth of the base rate is ours: it shows the other end of the usable range, and decides nothing.",
      "Sigmoid nets in the paper are Inception with sigmoids, which without normalization never beat guessing; ours have three layers and do learn.",
      "The presets quick and standard train for 2,000 and 10,000 steps; paper for 50,000, as the paper’s MNIST section.",
    ],
    presets: {
      quick: {
        steps: 2_000,
        seeds: 3,
        evaluateEvery: 50,
        observeEvery: 500,
        checkpointEvery: 2_000,
      },
      standard: {
        steps: 10_000,
        seeds: 5,
        evaluateEvery: 100,
        observeEvery: 1_000,
        checkpointEvery: 5_000,
      },
      paper: {
        steps: 50_000,
        seeds: 5,
        evaluateEvery: 500,
        observeEvery: 2_500,
        checkpointEvery: 10_000,
      },
    },
  },
  measures,
  train({ arm, seed, scale, data, backend, resume, saveCheckpoint, signal }) {
    const setting = settingOf(arm);
    const { activation, normalization, factor } = setting;
    const observer = normalizationError({
      name: NORMALIZATION,
      ...LAST[normalization],
      examples: data.test,
      count: Math.min(OBSERVED, Math.floor(data.test.count / BATCH_SIZE) * BATCH_SIZE),
      batchSize: BATCH_SIZE,
      phase: "train",
      every: scale.observeEvery,
    });
    return fit(rateNetwork(activation, normalization), {
      data,
      loss: crossEntropy(),
      optimizer: sgd({ learningRate: rateOf(setting) }),
      steps: scale.steps,
      batchSize: BATCH_SIZE,
      seed,
      backend,
      reportEvery: REPORT_EVERY,
      evaluateEvery: scale.evaluateEvery,
      checkpointEvery: scale.checkpointEvery,
      onCheckpoint: saveCheckpoint,
      observe: factor === "x1" ? [observer] : [],
      ...(resume && { resumeFrom: resume }),
      ...(signal && { signal }),
    });
  },
  keep: ({ probes }) => probes,
  check: checkAtBaseRates,
  rule: "Each part of the claim, for the sigmoid and for the ReLU net, is supported if the 95 % paired t-interval of the difference lies above zero, contradicted if it lies below, and undecided if it holds zero or rests on fewer than three seeds. The whole claim is contradicted if any part is, supported if all eight are, and undecided otherwise, or if normalization did not do what it should.",
  verdict(summaries, check) {
    const findings = activations.flatMap((activation) =>
      PARTS.map(({ claim, measure, first, second, difference }) => {
        const arm = ([normalization, factor]: typeof first): RateArm =>
          armId({ activation, normalization, factor });
        return findLarger({
          claim: claim(NAMES[activation]),
          measure,
          summary: summaries[measure],
          first: arm(first),
          second: arm(second),
          difference,
        });
      }),
    );
    return combineFindings(findings, check);
  },
  figures: rateFigures,
});
export default study;

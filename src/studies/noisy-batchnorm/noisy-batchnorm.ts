import {
  combineFindings,
  defineStudy,
  findBelow,
  findLarger,
  findSmaller,
  findWithin,
  type Arm,
  type RunSetup,
  type Study,
} from "../../experiments/index.ts";
import { activationHistogram, unitMoments, type Probe } from "../../probes/index.ts";
import type { Between } from "../networks/normalizers.ts";
import { ACTIVATION_BINS } from "../networks/ridges.ts";
import { nextBatches, trainVgg, vggDiffers, vggHeld, vggSizes } from "../networks/train-vgg.ts";
import type { Vgg } from "../networks/vgg.ts";
import { noisyFigures } from "./figures.ts";
import {
  checkNoise,
  histogramOf,
  keptProbes,
  measures,
  momentsOf,
  SHOWN_LAYERS,
  type NoisyMeasure,
} from "./measures.ts";

type NoisyArm = "plain" | "bn" | "noisy" | "noise";

const RATE = 0.1;
/** An accuracy in training above this is learning, below it is chance. */
const LEARNS_ABOVE = 0.15;
/** Mean accuracies over training that differ by less than this count as nearly alike. */
const NEARLY = 0.1;

const between: Readonly<Record<NoisyArm, Between>> = {
  plain: "none",
  bn: "batch",
  noisy: "noisy-batch",
  noise: "noise",
};

const NOISE =
  "per step and unit a mean shift from U(−0.5, 0.5) and a mean scale from U(1, 1.25); per value a shift within ± 0.1 of the unit’s and a scale with standard deviation 0.1 about the unit’s; drawn anew at each step";

const arms: readonly Arm<NoisyArm>[] = [
  {
    id: "plain",
    label: "without batch normalization",
    short: "without",
    description: "No normalization; biases, which start at 0.",
  },
  {
    id: "bn",
    label: "with batch normalization",
    short: "with",
    description:
      "Batch normalization between each convolution and its ReLU, in place of the bias; ε = 1e-5, running statistics keep 0.9 of their old value per step.",
  },
  {
    id: "noisy",
    label: "with noisy batch normalization",
    short: "noisy",
    description: `As the second, and behind every batch normalization noise whose distribution changes with every step: ${NOISE}. At test there is none.`,
  },
  {
    id: "noise",
    label: "without batch normalization, with the noise",
    short: "noise only",
    description: "As the first, with the same noise behind every convolution.",
  },
];

/**
 * Does batch normalization still speed up training when noise puts the drift of distributions back
 * behind every normalization?
 *
 * Source: Santurkar et al. 2018 (arXiv:1805.11604), section 2.1, algorithm 1, figures 2 and 8.
 */
const study: Study<NoisyArm, NoisyMeasure> = defineStudy<NoisyArm, NoisyMeasure>({
  id: "noisy-batchnorm",
  revision: 1,
  title: "Batch normalization with drift put back",
  question:
    "Does batch normalization still speed up training when noise behind every normalization makes the distributions drift more than without any?",
  claim:
    "With noisy batch normalization distributions are less stable than without normalization, and yet training is faster than without it and nearly as fast as with clean batch normalization; the same noise without normalization prevents training.",
  source: {
    authors: "Santurkar, Tsipras, Ilyas & Mądry",
    year: 2018,
    title: "How Does Batch Normalization Help Optimization?",
    place: "section 2.1, figures 2 and 8",
    id: "arXiv:1805.11604",
  },
  data: { name: "cifar10", options: {} },
  protocol: {
    arms,
    held: { ...vggHeld, "Learning rate": String(RATE) },
    differs: [
      ...vggDiffers,
      "The claim is about training; test accuracy, measured without noise, is shown and not judged. Whether the paper’s noise stays on at test is not said.",
      "Whether the paper’s r_σ = 0.1 is a standard deviation or a variance is not said; ours is a standard deviation.",
      "The paper shows example units. Here drift is the jump from one observation to the next of every unit’s mean over the next batch of training, with the noise of training, in units of the unit’s own standard deviation: networks whose activations have different sizes can be compared only so. The jumps of the variance are shown and not judged.",
      `“Nearly as fast” is fixed as within ${NEARLY * 100} points of mean accuracy over training, “prevents training” as an accuracy in training at the end below ${LEARNS_ABOVE * 100} %; both before the first run.`,
    ],
    presets: {
      quick: {
        steps: 800,
        seeds: 3,
        evaluateEvery: 400,
        observeEvery: 40,
        checkpointEvery: 400,
        sizes: vggSizes.quick,
      },
      standard: {
        steps: 3_000,
        seeds: 5,
        evaluateEvery: 500,
        observeEvery: 100,
        checkpointEvery: 1_000,
        sizes: vggSizes.standard,
      },
      paper: {
        steps: 15_000,
        seeds: 5,
        evaluateEvery: 1_000,
        observeEvery: 250,
        checkpointEvery: 500,
        sizes: vggSizes.paper,
      },
    },
  },
  measures,
  train: (setup) =>
    trainVgg(setup, {
      between: between[setup.arm],
      learningRate: RATE,
      observe: (net) => probesOf(net, setup),
    }),
  keep: keptProbes,
  check: checkNoise,
  rule: `More drift and faster training are judged by the 95 % paired t-interval of the difference between the arms, which must lie on the claim’s side of zero; “nearly as fast” holds if the interval of the difference lies within ± ${NEARLY * 100} points and is contradicted if it lies outside; “prevents training” if the arm’s own interval lies below ${LEARNS_ABOVE * 100} %. Fewer than three seeds decide nothing. The whole is contradicted if any part is, supported if all are, and undecided otherwise, or if the noise did not do what it should.`,
  verdict(summaries, check) {
    const speed = { measure: "training-speed", summary: summaries["training-speed"] } as const;
    return combineFindings(
      [
        findLarger({
          claim: "With noisy batch normalization distributions drift more than without any.",
          measure: "mean-drift",
          summary: summaries["mean-drift"],
          first: "noisy",
          second: "plain",
          difference: "noisy − without",
        }),
        findLarger({
          claim: "It trains faster than the network without normalization.",
          ...speed,
          first: "noisy",
          second: "plain",
          difference: "noisy − without",
        }),
        findWithin({
          claim: "It trains nearly as fast as with clean batch normalization.",
          ...speed,
          first: "noisy",
          second: "bn",
          difference: "noisy − with",
          margin: NEARLY,
        }),
        findSmaller({
          claim: "The same noise makes the network without normalization train slower.",
          ...speed,
          first: "noise",
          second: "plain",
          difference: "noise only − without",
        }),
        findBelow({
          claim: "The same noise keeps the network without normalization at chance.",
          measure: "final-training",
          summary: summaries["final-training"],
          arm: "noise",
          bound: LEARNS_ABOVE,
          of: "noise only",
        }),
      ],
      check,
    );
  },
  figures: noisyFigures,
});
export default study;

/** One batch each time: the noise of one step. */
function probesOf({ layers }: Vgg, setup: RunSetup<NoisyArm>): Probe[] {
  const every = setup.scale.observeEvery;
  return SHOWN_LAYERS.flatMap((layer) => {
    const seen = {
      ...nextBatches(setup, 1),
      noise: true,
      layer: layers[layer - 1]!.nonlinearity,
      every,
    };
    return [
      activationHistogram({ ...seen, name: histogramOf(layer), bins: ACTIVATION_BINS, channel: 0 }),
      unitMoments({ ...seen, name: momentsOf(layer) }),
    ];
  });
}

import {
  combineFindings,
  defineStudy,
  findAbove,
  findBelow,
  findLarger,
  findWithin,
  type Arm,
  type RunSetup,
  type Study,
} from "../../experiments/index.ts";
import {
  activationHistogram,
  activationPercentiles,
  normalizationError,
  type Probe,
} from "../../probes/index.ts";
import { checkNormalized } from "../networks/check-normalized.ts";
import type { Between } from "../networks/normalizers.ts";
import { ACTIVATION_BINS } from "../networks/ridges.ts";
import { nextBatches, trainVgg, vggDiffers, vggHeld, vggSizes } from "../networks/train-vgg.ts";
import type { Vgg } from "../networks/vgg.ts";
import { vggFigures } from "./figures.ts";
import {
  histogramOf,
  keptProbes,
  measures,
  NORMALIZATION,
  percentilesOf,
  SHOWN_LAYERS,
  type VggMeasure,
} from "./measures.ts";

type VggArm = "plain" | "bn" | "plain-fast" | "bn-fast";

const RATE = 0.1;
const FAST_RATE = 0.5;
/** Held-out images that the probes look at: a multiple of every preset's batch. */
const OBSERVED = 256;
/** An accuracy in training above this is learning, below it is chance. */
const LEARNS_ABOVE = 0.15;
/** Drifts that differ by less than twice are called alike. */
const ALIKE = 1;

const settings: Readonly<Record<VggArm, { readonly between: Between; readonly rate: number }>> = {
  plain: { between: "none", rate: RATE },
  bn: { between: "batch", rate: RATE },
  "plain-fast": { between: "none", rate: FAST_RATE },
  "bn-fast": { between: "batch", rate: FAST_RATE },
};

const arms: readonly Arm<VggArm>[] = [
  {
    id: "plain",
    label: `without, learning rate ${RATE}`,
    short: `without, ${RATE}`,
    description: "No normalization; biases, which start at 0.",
  },
  {
    id: "bn",
    label: `with batch normalization, learning rate ${RATE}`,
    short: `with, ${RATE}`,
    description:
      "Batch normalization between each convolution and its ReLU, in place of the bias; ε = 1e-5, running statistics keep 0.9 of their old value per step.",
  },
  {
    id: "plain-fast",
    label: `without, learning rate ${FAST_RATE}`,
    short: `without, ${FAST_RATE}`,
    description: "As the first, with the larger learning rate.",
  },
  {
    id: "bn-fast",
    label: `with batch normalization, learning rate ${FAST_RATE}`,
    short: `with, ${FAST_RATE}`,
    description: "As the second, with the larger learning rate.",
  },
];

/**
 * Does batch normalization make a VGG train faster and at larger learning rates, and does it keep
 * the distributions inside it any steadier?
 *
 * Source: Santurkar et al. 2018 (arXiv:1805.11604), section 2 and figure 1.
 */
const study: Study<VggArm, VggMeasure> = defineStudy<VggArm, VggMeasure>({
  id: "vgg-batchnorm",
  revision: 1,
  title: "Batch normalization in a VGG",
  question:
    "Does batch normalization make a VGG train faster and at larger learning rates, and are its layers’ activations any steadier for it?",
  claim:
    "With batch normalization training is faster, ends with a higher test accuracy and bears a learning rate at which the network without it stays at chance; yet the distributions of layers’ activations are hardly more stable.",
  source: {
    authors: "Santurkar, Tsipras, Ilyas & Mądry",
    year: 2018,
    title: "How Does Batch Normalization Help Optimization?",
    place: "section 2, figure 1",
    id: "arXiv:1805.11604",
  },
  data: { name: "cifar10", options: {} },
  protocol: {
    arms,
    held: vggHeld,
    differs: [
      ...vggDiffers,
      "“Activations” here are what the ReLU of a layer receives, after normalization where there is any. The paper shows a random unit’s distributions and calls the difference in stability marginal; to judge that, drift is measured over all units of layers 3 and 11, and counts as alike if it differs by less than twice, a margin fixed before the first run. Percentiles show a change of shape as well; of the mean alone, which a first version measured, normalization leaves nothing but its shift.",
      `“Stays at chance” means an accuracy in training at the end below ${LEARNS_ABOVE * 100} %, fixed before the first run.`,
    ],
    presets: {
      quick: {
        steps: 800,
        seeds: 3,
        evaluateEvery: 200,
        observeEvery: 40,
        checkpointEvery: 400,
        sizes: vggSizes.quick,
      },
      standard: {
        steps: 3_000,
        seeds: 5,
        evaluateEvery: 300,
        observeEvery: 100,
        checkpointEvery: 1_000,
        sizes: vggSizes.standard,
      },
      paper: {
        steps: 15_000,
        seeds: 5,
        evaluateEvery: 500,
        observeEvery: 250,
        checkpointEvery: 500,
        sizes: vggSizes.paper,
      },
    },
  },
  measures,
  train(setup) {
    const { between, rate } = settings[setup.arm];
    return trainVgg(setup, {
      between,
      learningRate: rate,
      observe: (net) => probesOf(net, setup),
    });
  },
  keep: keptProbes,
  check: (runs) =>
    checkNormalized(runs, {
      probe: NORMALIZATION,
      normalized: ["bn", "bn-fast"],
      loose: ["plain"],
    }),
  rule: `Speed and test accuracy are judged by the 95 % paired t-interval of the difference between the arms, which must lie above zero; learning at ${FAST_RATE} by the arms’ own intervals against ${LEARNS_ABOVE * 100} %; the stability of activations is called alike if the interval of the ratio of drifts lies between a half and 2, and the claim’s part is contradicted if it lies outside. Fewer than three seeds decide nothing. The whole is contradicted if any part is, supported if all are, and undecided otherwise, or if normalization did not do what it should.`,
  verdict(summaries, check) {
    const pair = { first: "bn", second: "plain", difference: `with − without, at ${RATE}` };
    const alike = (measure: "drift-3" | "drift-11", layer: number): ReturnType<typeof findWithin> =>
      findWithin({
        claim: `Layer ${layer}’s activations are about as stable without as with it.`,
        measure,
        summary: summaries[measure],
        margin: ALIKE,
        ...pair,
      });
    const ends = { measure: "final-training", summary: summaries["final-training"] } as const;
    return combineFindings(
      [
        findLarger({
          claim: "It trains faster.",
          measure: "training-speed",
          summary: summaries["training-speed"],
          ...pair,
        }),
        findLarger({
          claim: "It ends with a higher test accuracy.",
          measure: "final-test",
          summary: summaries["final-test"],
          ...pair,
        }),
        findBelow({
          claim: `At ${FAST_RATE} the network without it stays at chance.`,
          ...ends,
          arm: "plain-fast",
          bound: LEARNS_ABOVE,
          of: `without, at ${FAST_RATE}`,
        }),
        findAbove({
          claim: `At ${FAST_RATE} the network with it learns.`,
          ...ends,
          arm: "bn-fast",
          bound: LEARNS_ABOVE,
          of: `with, at ${FAST_RATE}`,
        }),
        alike("drift-3", 3),
        alike("drift-11", 11),
      ],
      check,
    );
  },
  figures: vggFigures,
});
export default study;

function probesOf({ layers }: Vgg, setup: RunSetup<VggArm>): Probe[] {
  const { data, scale } = setup;
  const every = scale.observeEvery;
  const { batchSize } = nextBatches(setup, 1);
  const observed = {
    examples: data.test,
    count: OBSERVED,
    batchSize,
    phase: "train",
    every,
  } as const;
  const deep = layers[SHOWN_LAYERS.at(-1)! - 1]!;
  const target = deep.between && {
    scale: `${deep.between}.scale`,
    shift: `${deep.between}.shift`,
  };
  return [
    ...SHOWN_LAYERS.flatMap((layer) => {
      const seen = { ...observed, layer: layers[layer - 1]!.nonlinearity };
      return [
        activationHistogram({
          ...seen,
          name: histogramOf(layer),
          bins: ACTIVATION_BINS,
          channel: 0,
        }),
        activationPercentiles({ ...seen, name: percentilesOf(layer) }),
      ];
    }),
    normalizationError({
      ...observed,
      layer: deep.nonlinearity,
      name: NORMALIZATION,
      ...(target && { target }),
    }),
  ];
}

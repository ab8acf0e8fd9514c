import {
  combineFindings,
  defineStudy,
  findSmaller,
  type Arm,
  type Study,
} from "../../experiments/index.ts";
import { normalizationError } from "../../probes/index.ts";
import { checkNormalized } from "../networks/check-normalized.ts";
import { landscapeProbe, type LandscapeMeasure } from "../networks/landscape-measures.ts";
import { deepLinearDiffers, deepLinearHeld } from "../networks/train-deep-linear.ts";
import { deepLinearSizes, trainNetwork } from "../networks/train-network.ts";
import { vggDiffers, vggHeld, vggSizes } from "../networks/train-vgg.ts";
import { landscapeFigures } from "./figures.ts";
import { measures, NORMALIZATION, pairs, settings, type LandscapeArm } from "./measures.ts";

/** The layer whose normalization is checked. */
const CHECKED_LAYER = 5;

const arms: readonly Arm<LandscapeArm>[] = pairs.flatMap(({ network, title, plain, bn }) => {
  const where = network === "vgg" ? "each convolution and its ReLU" : "each matrix and the next";
  return [
    {
      id: plain,
      label: `${title}, without`,
      short: "without",
      description: `No normalization; learning rate ${settings[plain].learningRate}.`,
    },
    {
      id: bn,
      label: `${title}, with batch normalization`,
      short: "with",
      description: `Batch normalization between ${where}, scale and shift trained; ε = 1e-5; learning rate ${settings[bn].learningRate}.`,
    },
  ];
});

/** What is claimed to be smaller with batch normalization. */
const claims: readonly { readonly measure: LandscapeMeasure; readonly text: string }[] = [
  { measure: "loss-range", text: "The loss varies less along the gradient" },
  { measure: "predictiveness", text: "Gradients change less along the gradient" },
  { measure: "smoothness-early", text: "The effective β is smaller early in training" },
  { measure: "smoothness-spikes", text: "The spikes of the effective β are lower" },
];

/**
 * Is the loss smoother along the gradient with batch normalization: does it vary less, does its
 * gradient say more of what comes, is its effective smoothness constant smaller?
 *
 * Source: Santurkar et al. 2018 (arXiv:1805.11604), section 3.1, figures 4 and 10, appendix A.2.2.
 */
const study: Study<LandscapeArm, LandscapeMeasure> = defineStudy<LandscapeArm, LandscapeMeasure>({
  id: "loss-landscape",
  revision: 1,
  title: "The loss landscape with batch normalization",
  question:
    "Does batch normalization make the loss smoother along the gradient, with more predictive gradients?",
  claim:
    "With batch normalization the loss along the gradient varies less, gradients change less on the way, and the effective smoothness constant β is smaller early in training and has lower spikes, in a VGG and in a deep linear network.",
  source: {
    authors: "Santurkar, Tsipras, Ilyas & Mądry",
    year: 2018,
    title: "How Does Batch Normalization Help Optimization?",
    place: "section 3.1, figures 4 and 10",
    id: "arXiv:1805.11604",
  },
  data: { name: "cifar10", options: {} },
  protocol: {
    arms,
    held: {
      ...vggHeld,
      ...deepLinearHeld,
      "What is probed":
        "loss and full gradient at θ − η g on the batch that training takes next, g its gradient; η is 0.5, 1, 2, 3 and 4 times the learning rate for the VGG and 0.01, 0.1, 1, 10 and 30 times for the deep linear network; parameters and running statistics stay as they were",
    },
    differs: [
      ...vggDiffers,
      ...deepLinearDiffers,
      "The paper says “in the direction of the gradient”; ours is the direction of descent, on the same batch. It states the ends of the range of step sizes; the sizes between are ours. Its formula for the effective β is missing; ours divides by the step’s length, η ‖g‖, which fits the sizes in its figures.",
      "Late in training the effective β of both networks sits near 2 / learning rate, to which descent with a constant learning rate is drawn, so late values say little of the network: judged are the first quarter of training and the spikes, and the late values are shown. All are compared as powers of ten; that and the quarter were fixed before the first run of this study.",
      "Loss range and change of the gradient are judged by their medians over training; their spikes, in which the networks without normalization stood out in the first run, are shown and not judged. The preset quick has five seeds, two more than in that run: the deep linear network without normalization differs between seeds by many powers of ten.",
    ],
    presets: {
      quick: {
        steps: 500,
        seeds: 5,
        evaluateEvery: 500,
        observeEvery: 10,
        checkpointEvery: 500,
        sizes: { ...vggSizes.quick, ...deepLinearSizes.quick, linearEvery: 25 },
      },
      standard: {
        steps: 2_000,
        seeds: 10,
        evaluateEvery: 1_000,
        observeEvery: 25,
        checkpointEvery: 1_000,
        sizes: { ...vggSizes.standard, ...deepLinearSizes.standard, linearEvery: 50 },
      },
      paper: {
        steps: 15_000,
        seeds: 5,
        evaluateEvery: 5_000,
        observeEvery: 50,
        checkpointEvery: 500,
        sizes: { ...vggSizes.paper, ...deepLinearSizes.paper },
      },
    },
  },
  measures,
  train(setup) {
    const arm = settings[setup.arm];
    return trainNetwork(setup, arm, (site) => [
      landscapeProbe(site, arm),
      normalizationError({
        ...site.next,
        ...site.activation(CHECKED_LAYER),
        name: NORMALIZATION,
        every: site.every,
      }),
    ]);
  },
  keep: ({ probes }) => probes,
  check: (runs) =>
    checkNormalized(runs, {
      probe: NORMALIZATION,
      normalized: pairs.map(({ bn }) => bn),
      loose: pairs.map(({ plain }) => plain),
    }),
  rule: "Each part, for each of the two networks, is supported if the 95 % paired t-interval of the difference of logarithms, with − without, lies below zero, contradicted if it lies above, and undecided if it holds zero or rests on fewer than three seeds or on a run without a value. The whole is contradicted if any part is, supported if all eight are, and undecided otherwise, or if normalization did not do what it should.",
  verdict(summaries, check) {
    return combineFindings(
      pairs.flatMap(({ title, plain, bn }) =>
        claims.map(({ measure, text }) =>
          findSmaller({
            claim: `${text}: ${title}.`,
            measure,
            summary: summaries[measure],
            first: bn,
            second: plain,
            difference: "with − without",
          }),
        ),
      ),
      check,
    );
  },
  figures: landscapeFigures,
});
export default study;

import {
  combineFindings,
  defineStudy,
  findAbove,
  findBelow,
  findSmaller,
  type Finding,
  type Study,
} from "../../experiments/index.ts";
import { covariateShift, normalizationError } from "../../probes/index.ts";
import { checkNormalized } from "../networks/check-normalized.ts";
import { findNotLarger } from "../networks/find-not-larger.ts";
import { deepLinearDiffers, deepLinearHeld } from "../networks/train-deep-linear.ts";
import { deepLinearSizes, trainNetwork } from "../networks/train-network.ts";
import { vggDiffers, vggHeld, vggSizes } from "../networks/train-vgg.ts";
import { arms, pairs, settings, SHOWN_LAYERS, type ShiftArm, type ShiftPair } from "./arms.ts";
import { shiftFigures } from "./figures.ts";
import { measures, NORMALIZATION, SHIFT, type ShiftMeasure } from "./measures.ts";

/** A cosine larger by more than this would be a reduction of the shift. */
const MARGIN = 0.1;
/** “Almost no shift”, “almost uncorrelated”. */
const ALIKE_ABOVE = 0.95;
const UNRELATED_BELOW = 0.5;

/**
 * Does batch normalization reduce internal covariate shift, measured as the change of a layer's
 * gradient when the layers below it are updated?
 *
 * Source: Santurkar et al. 2018 (arXiv:1805.11604), section 2.2, definition 2.1, figure 3.
 */
const study: Study<ShiftArm, ShiftMeasure> = defineStudy<ShiftArm, ShiftMeasure>({
  id: "covariate-shift",
  revision: 1,
  title: "Internal covariate shift, measured",
  question:
    "Does batch normalization reduce internal covariate shift, the change of a layer’s gradient when the layers below it are updated?",
  claim:
    "Networks with batch normalization have as much internal covariate shift as those without or more, although they train better; in the deep linear network at the small learning rate the one without has almost none, and with it the gradients before and after are almost uncorrelated.",
  source: {
    authors: "Santurkar, Tsipras, Ilyas & Mądry",
    year: 2018,
    title: "How Does Batch Normalization Help Optimization?",
    place: "section 2.2, definition 2.1, figure 3",
    id: "arXiv:1805.11604",
  },
  data: { name: "cifar10", options: {} },
  protocol: {
    arms,
    held: { ...vggHeld, ...deepLinearHeld },
    differs: [
      ...vggDiffers,
      ...deepLinearDiffers,
      "The step that the layers below take is one of plain gradient descent on the same batch with training’s learning rate, which is what training does next. A layer’s gradient is that of all its parameters except scale and shift of a normalization.",
      `“As much or more” is fixed as a cosine that is not larger by more than ${MARGIN}; “almost none” as a cosine above ${ALIKE_ABOVE}; “almost uncorrelated” as one below ${UNRELATED_BELOW}: means over both layers and all of training, fixed before the first run of this study. The paper shows curves.`,
    ],
    presets: {
      quick: {
        steps: 400,
        seeds: 3,
        evaluateEvery: 400,
        observeEvery: 20,
        checkpointEvery: 400,
        sizes: { ...vggSizes.quick, ...deepLinearSizes.quick },
      },
      standard: {
        steps: 2_000,
        seeds: 8,
        evaluateEvery: 1_000,
        observeEvery: 50,
        checkpointEvery: 1_000,
        sizes: { ...vggSizes.standard, ...deepLinearSizes.standard },
      },
      paper: {
        steps: 15_000,
        seeds: 5,
        evaluateEvery: 5_000,
        observeEvery: 100,
        checkpointEvery: 500,
        sizes: { ...vggSizes.paper, ...deepLinearSizes.paper },
      },
    },
  },
  measures,
  train(setup) {
    const arm = settings[setup.arm];
    const layers = SHOWN_LAYERS[arm.network];
    return trainNetwork(setup, arm, ({ loss, next, every, layers: paths, activation }) => [
      covariateShift({
        ...next,
        name: SHIFT,
        loss,
        layers: layers.map((layer) => paths[layer - 1]!),
        learningRate: arm.learningRate,
        every,
      }),
      normalizationError({ ...next, ...activation(layers[0]!), name: NORMALIZATION, every }),
    ]);
  },
  keep: ({ probes }) => probes,
  check: (runs) =>
    checkNormalized(runs, {
      probe: NORMALIZATION,
      normalized: pairs.map(({ bn }) => bn),
      loose: pairs.map(({ plain }) => plain),
    }),
  rule: `“As much or more” is supported if the 95 % paired t-interval of the difference of cosines, with − without, lies below ${MARGIN}, and contradicted if it lies above; that training is better, if the interval of the difference of final losses lies below zero; the statements on the deep linear network at its small rate, if an arm’s own interval lies on the claim’s side of ${ALIKE_ABOVE} or ${UNRELATED_BELOW}. Fewer than three seeds decide nothing. The whole is contradicted if any part is, supported if all are, and undecided otherwise, or if normalization did not do what it should.`,
  verdict(summaries, check) {
    const cosine = { measure: "cosine", summary: summaries.cosine } as const;
    const slow = pairs.find(({ rate }) => rate === 1e-7)!;
    const better = (pair: ShiftPair): Finding =>
      findSmaller({
        claim: `Yet it trains better: ${pair.title}.`,
        measure: "final-loss",
        summary: summaries["final-loss"],
        first: pair.bn,
        second: pair.plain,
        difference: "with − without",
      });
    return combineFindings(
      [
        ...pairs.map((pair) =>
          findNotLarger({
            claim: `There is as much shift with batch normalization or more: ${pair.title}.`,
            ...cosine,
            first: pair.bn,
            second: pair.plain,
            difference: "with − without",
            margin: MARGIN,
          }),
        ),
        better(pairs.find(({ plain }) => plain === "vgg-plain")!),
        better(pairs.find(({ plain }) => plain === "linear-plain")!),
        findAbove({
          claim: `The ${slow.title} without it has almost no shift.`,
          ...cosine,
          arm: slow.plain,
          bound: ALIKE_ABOVE,
          of: "without",
        }),
        findBelow({
          claim: `The ${slow.title} with it has gradients that are almost uncorrelated.`,
          ...cosine,
          arm: slow.bn,
          bound: UNRELATED_BELOW,
          of: "with",
        }),
      ],
      check,
    );
  },
  figures: shiftFigures,
});
export default study;

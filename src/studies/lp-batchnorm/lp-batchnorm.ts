import {
  combineFindings,
  defineStudy,
  findLarger,
  findSmaller,
  findWithin,
  type Finding,
  type Study,
} from "../../experiments/index.ts";
import { normalizationError } from "../../probes/index.ts";
import { checkNormalized } from "../networks/check-normalized.ts";
import { landscapeProbe } from "../networks/landscape-measures.ts";
import { deepLinearDiffers, deepLinearHeld } from "../networks/train-deep-linear.ts";
import { deepLinearSizes, trainNetwork } from "../networks/train-network.ts";
import { vggDiffers, vggHeld, vggSizes } from "../networks/train-vgg.ts";
import { lpFigures } from "./figures.ts";
import {
  arms,
  choices,
  lpNorms,
  measures,
  networks,
  NORMALIZATION,
  settings,
  type LpArm,
  type LpMeasure,
  type LpNorm,
} from "./measures.ts";

/** The layer whose normalization is checked. */
const CHECKED_LAYER = 5;
/** Mean accuracies over training that differ by less than this count as comparable. */
const COMPARABLE = 0.1;

const shortOf = (norm: LpNorm): string => choices.find((choice) => choice.norm === norm)!.short;

/**
 * Do normalizations by other norms help training and smooth the landscape as batch normalization
 * does, though they do not fix the variance?
 *
 * Source: Santurkar et al. 2018 (arXiv:1805.11604), section 3.3, figures 5, 12 and 13.
 */
const study: Study<LpArm, LpMeasure> = defineStudy<LpArm, LpMeasure>({
  id: "lp-batchnorm",
  revision: 1,
  title: "Batch normalization by other norms",
  question:
    "Do normalizations by the average ℓ₁, ℓ₂ or ℓ∞ norm of the batch help training and smooth the loss as batch normalization does?",
  claim:
    "Normalizing by the average ℓ₁, ℓ₂ or ℓ∞ norm makes a VGG train faster than without, about as fast as with batch normalization, smooths the loss along its gradient, and brings a deep linear network to a lower loss.",
  source: {
    authors: "Santurkar, Tsipras, Ilyas & Mądry",
    year: 2018,
    title: "How Does Batch Normalization Help Optimization?",
    place: "section 3.3, figures 5, 12 and 13",
    id: "arXiv:1805.11604",
  },
  data: { name: "cifar10", options: {} },
  protocol: {
    arms,
    held: {
      ...vggHeld,
      ...deepLinearHeld,
      "Learning rates": networks
        .map(({ title, learningRate }) => `${title} ${learningRate}`)
        .join("; "),
    },
    differs: [
      ...vggDiffers,
      ...deepLinearDiffers,
      "The paper describes the normalizations in words only: the mean is fixed as in batch normalization, and values are divided by their average norm before the mean is taken away. Our reading: (x − mean) / (mean |x|^p)^(1/p), with max |x| for p = ∞.",
      `“About as fast” is fixed as within ${COMPARABLE * 100} points of mean accuracy over training, before the first run of this study.`,
      "The paper also says that ℓ₁ beats batch normalization on the deep linear network, and shows all others well below the network without. Both depend on the seed in a quick check of ours with one or two; the second is judged here over seeds, the first is shown in the tables and not judged.",
      "That these normalizations shift distributions more than none does is not measured here.",
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
        seeds: 6,
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
      normalized: networks.map(({ armOf }) => armOf("bn")),
      centred: networks.flatMap(({ armOf }) => lpNorms.map(armOf)),
      loose: networks.map(({ armOf }) => armOf("plain")),
    }),
  rule: `For each of the three norms: training faster than without, a smaller range of the loss along the gradient (both VGG), and a lower final loss (deep linear network) are judged by the 95 % paired t-interval of the difference to no normalization, which must lie on the claim’s side of zero; “about as fast” holds if the interval of the difference to batch normalization lies within ± ${COMPARABLE * 100} points and is contradicted if it lies outside. Fewer than three seeds decide nothing. The whole is contradicted if any part is, supported if all twelve are, and undecided otherwise, or if normalization did not do what it should.`,
  verdict(summaries, check) {
    return combineFindings(
      lpNorms.flatMap((norm) => findingsOf(norm, summaries)),
      check,
    );
  },
  figures: lpFigures,
});
export default study;

type Summaries = Parameters<typeof study.verdict>[0];

function findingsOf(norm: LpNorm, summaries: Summaries): Finding[] {
  const name = shortOf(norm);
  const speed = { measure: "training-speed", summary: summaries["training-speed"] } as const;
  const toPlain = { second: "vgg-plain", difference: `${name} − none` };
  return [
    findLarger({
      claim: `VGG: training is faster with ${name} than without.`,
      ...speed,
      first: `vgg-${norm}`,
      ...toPlain,
    }),
    findWithin({
      claim: `VGG: training is about as fast with ${name} as with batch normalization.`,
      ...speed,
      first: `vgg-${norm}`,
      second: "vgg-bn",
      difference: `${name} − BN`,
      margin: COMPARABLE,
    }),
    findSmaller({
      claim: `VGG: the loss varies less along the gradient with ${name} than without.`,
      measure: "loss-range",
      summary: summaries["loss-range"],
      first: `vgg-${norm}`,
      ...toPlain,
    }),
    findSmaller({
      claim: `Deep linear network: the loss ends lower with ${name} than without.`,
      measure: "final-loss",
      summary: summaries["final-loss"],
      first: `linear-${norm}`,
      second: "linear-plain",
      difference: `${name} − none`,
    }),
  ];
}

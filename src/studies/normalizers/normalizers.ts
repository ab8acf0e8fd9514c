import { combineFindings, defineStudy, findLarger, type Study } from "../../experiments/index.ts";
import { armId, normalizerArms, settings, shortName, type NormalizerArm } from "./arms.ts";
import { normalizerFigures } from "./figures.ts";
import { checkNormalizers, measures, type NormalizerMeasure } from "./measures.ts";
import { BATCH_SIZE, learningRates, trainNormalizer } from "./train-normalizer.ts";

const NET = { mlp: "Dense net", conv: "Convolutional net" } as const;

/**
 * Is it batch normalization alone that trains faster, or do its alternatives too? And at what cost?
 *
 * Source: Santurkar et al. 2018 (arXiv:1805.11604), section 3.3, which says it of normalizers in
 * general; the alternatives are of Ba et al. 2016, Wu & He 2018, Salimans & Kingma 2016, Zhang &
 * Sennrich 2019, Clevert et al. 2016 and Klambauer et al. 2017.
 */
const study: Study<NormalizerArm, NormalizerMeasure> = defineStudy<
  NormalizerArm,
  NormalizerMeasure
>({
  id: "normalizers",
  revision: 1,
  title: "Batch normalization and its alternatives",
  question:
    "Do the alternatives to batch normalization save training steps as it does, and what do they cost?",
  claim:
    "Every normalizer (batch, layer, group, instance, RMS and weight normalization) and every activation meant to replace one (ELU, SELU) reaches 95 % test accuracy in fewer steps than the same ReLU network without.",
  source: {
    authors: "Santurkar et al.",
    year: 2018,
    title: "How Does Batch Normalization Help Optimization?",
    place: "section 3.3",
    id: "arXiv:1805.11604",
  },
  data: { name: "mnist", options: { shape: [28, 28, 1] } },
  protocol: {
    arms: normalizerArms,
    held: {
      Networks:
        "dense: 784-100-100-100-10; convolutional: three 3 × 3 convolutions of w, 2w and 4w channels (w is the preset’s width), the first two of stride 2, then one dense layer; whatever normalizes stands between product and activation",
      "First weights":
        "He’s normal for ReLU and ELU, LeCun’s normal for SELU; weight normalization: directions N(0, 0.05²), gains and biases set from the first 500 training examples; the same draws in all arms of a seed",
      "Batch order": "bitwise the same in all arms of a seed, reshuffled each epoch",
      "Batch size": String(BATCH_SIZE),
      Optimizer: `plain stochastic gradient descent, constant rate: ${learningRates.mlp} for the dense net, ${learningRates.conv} for the convolutional one`,
      Loss: "cross-entropy, mean over the batch",
      Input: "MNIST, 60,000 training digits, grey levels in [0, 1]",
    },
    differs: [
      "No paper compares all of these on one network. The claim is the general one that Santurkar et al. make from l_p normalizers on VGG; their networks, and those of each alternative’s own paper, are larger.",
      "The learning rates are the best of five (0.02 to 0.5) for the nets without normalization, by mean accuracy on 10,000 digits held out of training after 1,500 steps over three seeds that are not the study’s (96.3 % at 0.1; 97.9 % at 0.2), chosen before any run with a normalizer. No technique has a rate of its own: a technique that would gain from another rate is shown below its best.",
      "The target of 95 % is ours: both nets without normalization reach it in that choice.",
      "Layer normalization of the convolutional net is over channels and places (group normalization with one group), as Wu & He define it. Instance normalization needs places, so the dense net has none. Groups are of 10 units and of 4 channels: the paper’s 32 groups do not fit nets so narrow.",
      "Weight normalization’s paper normalizes every layer and so do we, the last one included; all others leave the last layer alone.",
      "The time of a step and the gradient’s predictiveness are measured and shown, and decide nothing.",
      "The presets quick and standard test on the first 1,000 and 2,000 test digits, so that they can do it often; paper on all 10,000. No paper has this study: its preset is the largest.",
    ],
    presets: {
      quick: {
        steps: 1_500,
        seeds: 3,
        evaluateEvery: 25,
        observeEvery: 150,
        checkpointEvery: 1_500,
        sizes: { width: 8, testExamples: 1_000 },
      },
      standard: {
        steps: 3_000,
        seeds: 5,
        evaluateEvery: 25,
        observeEvery: 150,
        checkpointEvery: 1_500,
        sizes: { width: 8, testExamples: 2_000 },
      },
      paper: {
        steps: 20_000,
        seeds: 5,
        evaluateEvery: 50,
        observeEvery: 500,
        checkpointEvery: 5_000,
        sizes: { width: 32, testExamples: 10_000 },
      },
    },
  },
  measures,
  train: trainNormalizer,
  keep: ({ probes }) => probes,
  check: checkNormalizers,
  rule: "Each of the 15 parts (seven techniques in the dense net, eight in the convolutional one) is supported if the 95 % paired t-interval of the steps saved against the same net without lies above zero, contradicted if it lies below, and undecided if it holds zero or rests on fewer than three seeds. The whole claim is contradicted if any part is, supported if all are, and undecided otherwise, or if a normalizer did not do what it should.",
  verdict(summaries, check) {
    const findings = settings.flatMap(({ net, technique }) => {
      if (technique === "none") return [];
      const short = shortName(technique);
      const finding = findLarger({
        claim: `${NET[net]}: ${short} saves steps.`,
        measure: "steps-to-target",
        summary: summaries["steps-to-target"],
        first: armId({ net, technique: "none" }),
        second: armId({ net, technique }),
        difference: `none − ${short}`,
      });
      return [finding];
    });
    return combineFindings(findings, check);
  },
  figures: normalizerFigures,
});
export default study;

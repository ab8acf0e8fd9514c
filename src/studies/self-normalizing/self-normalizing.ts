import {
  combineFindings,
  defineStudy,
  findAbove,
  findBelow,
  findSmaller,
  type Study,
} from "../../experiments/index.ts";
import { armId, deepArms, type DeepArm } from "./arms.ts";
import { deepFigures } from "./figures.ts";
import { checkDeepNets, DOMAIN, measures, type DeepMeasure } from "./measures.ts";
import { depths, DROP_RATE, type Depth, type Kind } from "./model.ts";
import { BATCH_SIZE, rateOf, trainDeep } from "./train-deep.ts";

const rates = (kind: Kind): string => depths.map((depth) => rateOf({ kind, depth })).join(", ");

const [SHALLOW, DEEP]: readonly [Depth, Depth] = [8, 32];

/**
 * Do SELU networks keep their activations normalized by themselves, and do they train deep where
 * batch normalization does not?
 *
 * Source: Klambauer et al. 2017 (arXiv:1706.02515), theorem 1 and figure 1.
 */
const study: Study<DeepArm, DeepMeasure> = defineStudy<DeepArm, DeepMeasure>({
  id: "self-normalizing",
  revision: 2,
  title: "Self-normalizing networks",
  question:
    "Do deep networks of SELUs keep mean and variance near 0 and 1 by themselves, and reach a lower training loss than ReLU with batch normalization, the deeper the more?",
  claim:
    "Layer by layer a SELU network’s activations stay near mean 0 and variance 1; its training loss is lower than that of ReLU with batch normalization at 8, 16 and 32 layers; it gets lower with depth, the other’s higher.",
  source: {
    authors: "Klambauer et al.",
    year: 2017,
    title: "Self-Normalizing Neural Networks",
    place: "theorem 1 and figure 1",
    id: "arXiv:1706.02515",
  },
  data: { name: "mnist", options: {} },
  protocol: {
    arms: deepArms,
    held: {
      "First weights":
        "Gaussian, variance 1 / fan-in for SELU, 2 / fan-in for ReLU; biases 0; the same draws in all arms of a seed and depth",
      "Batch order": "bitwise the same in all arms of a seed, reshuffled each epoch",
      "Batch size": String(BATCH_SIZE),
      Optimizer: `plain stochastic gradient descent, constant rate; at 8, 16 and 32 layers ${rates("snn")} for SELU, ${rates("bn")} for ReLU with batch normalization`,
      Loss: "cross-entropy, mean over the batch",
      Input:
        "MNIST, 60,000 training digits, every pixel standardized with its mean and variance over them (0.01 is added to the variance, and all are scaled alike so that their mean variance is 1)",
    },
    differs: [
      "The paper’s code trains 2,000 epochs at one rate for all nets (1e-5 on the loss summed over a batch, about 1.3e-3 on its mean) on nets of 784 units per layer. Ours train for 500 or 1,500 steps, on layers of 64 units at quick and 128 at standard (the preset paper has the paper’s width, epochs and rate), so losses are far from the paper’s 1e-4 to 1e-5; each net and depth gets its own best rate: of six from 0.01 to 0.5, the one with the lowest training loss after 500 steps at a width of 64, with one seed that is not the study’s. So both sides are tuned alike.",
      `Alpha dropout (${DROP_RATE * 100} %, the lower end of what is suggested) is not in the paper’s figure 1. It trains at the rate chosen without it, is shown, and decides nothing.`,
      "That a layer’s mean lies within ±0.1 and its variance within [0.8, 1.5] is the domain of the paper’s theorem 1, which speaks of one unit with weights of sum 0 and squared sum 1. We hold layers to it: the mean of all outputs, and the variance of a unit averaged over the layer, over the whole training, where weights no longer are as the theorem wants them.",
      "Adding 0.01 to each pixel’s variance, and scaling all pixels alike afterwards, is ours: pixels lit in a handful of digits would else become inputs of a hundred and more.",
      "The paper’s own text was not at hand; figure and set-up follow its authors’ published code.",
    ],
    presets: {
      quick: {
        steps: 500,
        seeds: 3,
        evaluateEvery: 50,
        observeEvery: 50,
        checkpointEvery: 500,
        sizes: { width: 64, testExamples: 2_048 },
      },
      standard: {
        steps: 1_500,
        seeds: 5,
        evaluateEvery: 100,
        observeEvery: 100,
        checkpointEvery: 500,
        sizes: { width: 128, testExamples: 10_000 },
      },
      paper: {
        steps: 936_000,
        seeds: 5,
        evaluateEvery: 4_680,
        observeEvery: 4_680,
        checkpointEvery: 4_680,
        sizes: { width: 784, testExamples: 10_000, rateMillionths: 1_280 },
      },
    },
  },
  measures,
  train: trainDeep,
  keep: ({ probes }) => probes,
  check: checkDeepNets,
  rule: "The SELU net of 32 layers must keep its largest variance below 1.5, its smallest above 0.8 and its largest mean below 0.1, each by the 95 % t-interval over seeds. Its training loss must be smaller than that of ReLU with batch normalization at each of the three depths, and smaller at 32 layers than at 8, while that of the other must be larger at 32 than at 8, each by the 95 % paired t-interval. A part is supported if its interval lies on the claimed side, contradicted if it lies on the other, undecided if it holds the bound or zero or rests on fewer than three seeds. The whole claim is contradicted if any part is, supported if all eight are, and undecided otherwise, or if the check failed.",
  verdict(summaries, check) {
    const arm = armId({ kind: "snn", depth: DEEP });
    const layers = (measure: DeepMeasure, bound: number, claim: string) => {
      const options = { claim, measure, summary: summaries[measure], arm, bound };
      const judge = measure === "smallest-variance" ? findAbove : findBelow;
      return judge({ ...options, of: `SELU, ${DEEP} layers` });
    };
    const loss = (claim: string, first: DeepArm, second: DeepArm, difference: string) =>
      findSmaller({
        claim,
        measure: "training-loss",
        summary: summaries["training-loss"],
        first,
        second,
        difference,
      });
    const id = (kind: Kind, depth: Depth): DeepArm => armId({ kind, depth });
    return combineFindings(
      [
        layers("largest-variance", DOMAIN.high, "No layer’s variance grows beyond 1.5."),
        layers("smallest-variance", DOMAIN.low, "No layer’s variance falls below 0.8."),
        layers("largest-mean", DOMAIN.mean, "No layer’s mean leaves ±0.1."),
        ...depths.map((depth) =>
          loss(
            `At ${depth} layers SELU has the lower training loss.`,
            id("snn", depth),
            id("bn", depth),
            "SELU − ReLU with BN",
          ),
        ),
        loss(
          "SELU’s training loss gets lower with depth.",
          id("snn", DEEP),
          id("snn", SHALLOW),
          "SELU, 32 layers − 8 layers",
        ),
        loss(
          "The training loss of ReLU with BN gets higher with depth.",
          id("bn", SHALLOW),
          id("bn", DEEP),
          "ReLU with BN, 8 layers − 32 layers",
        ),
      ],
      check,
    );
  },
  figures: deepFigures,
});
export default study;

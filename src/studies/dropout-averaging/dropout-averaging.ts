import { defineStudy, sizeNamed, type RunSetup, type Study } from "../../experiments/index.ts";
import type { Weights } from "../../nn/index.ts";
import type { ProbeValues } from "../../probes/index.ts";
import { predict, type TrainEvent } from "../../train/index.ts";
import { mnistNetwork, recipes } from "../dropout-mnist/model.ts";
import { drawExamples } from "../dropout-parts/draw-examples.ts";
import { MAX_NORM, RECIPE_TEXTS } from "../dropout-parts/recipe.ts";
import { SOURCE } from "../dropout-parts/source.ts";
import { trainClassifier } from "../dropout-parts/train-classifier.ts";
import { averageErrors, errorOf } from "./average-predictions.ts";
import { averagingFigures } from "./figures.ts";
import {
  AVERAGING,
  checkAveraging,
  GROUP_SIZES,
  measures,
  type AveragingMeasure,
} from "./measures.ts";
import { thinnedNetworks } from "./thinned-networks.ts";
import { judge, RULE } from "./verdict.ts";

const recipe = recipes["relu-dropout-max-norm"];

/**
 * Is one network with scaled weights as good as the average of many that dropout thins?
 *
 * Source: Srivastava et al. 2014 (JMLR 15), section 7.5, figure 11.
 */
const study: Study<"relu", AveragingMeasure> = defineStudy<"relu", AveragingMeasure>({
  id: "dropout-averaging",
  revision: 1,
  title: "Averaging thinned networks",
  question:
    "How many networks thinned by dropout must be averaged until they do as well as the one network with scaled weights?",
  claim:
    "Few thinned networks do worse than weight scaling; the average of about 50 does as well; more gain nothing that counts.",
  source: { ...SOURCE, place: "section 7.5, figure 11" },
  data: { name: "mnist", options: {} },
  protocol: {
    arms: [
      {
        id: "relu",
        label: "ReLU, dropout, max-norm",
        short: "ReLU",
        description: `Fully connected ReLU network; 0.8 of the inputs and 0.5 of the hidden units are kept; max-norm ${MAX_NORM} in every layer. Trained once per seed, then tested in both ways.`,
      },
    ],
    held: {
      ...RECIPE_TEXTS,
      "Learning rate": `first ${recipe.rate}, as in the study dropout-mnist`,
      "Thinned networks":
        "one mask on inputs and hidden units for all test digits each; probabilities are averaged",
      "Groups of k": "the first k networks of random orders of the pool",
      Input: "MNIST, grey levels from 0 to 1; all 10,000 test digits",
    },
    differs: [
      "The preset quick trains two layers of 384 units on 5,000 digits, others for each seed; standard two of 512 on all 60,000; paper three of 1,024.",
      "The paper’s script samples 1,000 networks and draws groups from them with replacement; here groups hold every network once at most, and the pool of quick and standard is smaller, so groups of almost the whole pool are much alike.",
      "The paper does not say how close is equal; ± 0.20 points, 20 of 10,000 digits, was fixed before the first run.",
    ],
    presets: {
      quick: {
        steps: 2_500,
        seeds: 4,
        evaluateEvery: 2_500,
        observeEvery: 250,
        checkpointEvery: 2_500,
        sizes: { examples: 5_000, layers: 2, width: 384, networks: 120, orders: 20 },
      },
      standard: {
        steps: 15_000,
        seeds: 5,
        evaluateEvery: 5_000,
        observeEvery: 1_500,
        checkpointEvery: 5_000,
        sizes: { examples: 60_000, layers: 2, width: 512, networks: 300, orders: 50 },
      },
      paper: {
        steps: 1_000_000,
        seeds: 5,
        evaluateEvery: 50_000,
        observeEvery: 50_000,
        checkpointEvery: 10_000,
        sizes: { examples: 60_000, layers: 3, width: 1_024, networks: 1_000, orders: 100 },
      },
    },
  },
  measures,
  train,
  keep: ({ probes }) => probes,
  check: checkAveraging,
  rule: RULE,
  verdict: judge,
  figures: averagingFigures,
});
export default study;

function train(setup: RunSetup<"relu">): AsyncIterable<TrainEvent> {
  const { seed, scale, data, backend } = setup;
  const sizes = { layers: sizeNamed(scale, "layers"), width: sizeNamed(scale, "width") };
  const model = mnistNetwork(recipe, sizes);
  const compare = async (weights: Weights): Promise<ProbeValues> => {
    const { targets } = data.test;
    const samples = sizeNamed(scale, "networks");
    const scaled = await predict(model, weights, data.test, { backend });
    const thinned = await thinnedNetworks(model, weights, data.test, { samples, seed, backend });
    const groups = GROUP_SIZES.filter((size) => size <= samples);
    const orders = sizeNamed(scale, "orders");
    const { mean, sd } = averageErrors(thinned, targets, { sizes: groups, orders, seed });
    return { sizes: groups, mean, sd, scaled: errorOf(scaled.data, targets) };
  };
  return trainClassifier(setup, {
    ...recipe,
    model,
    examples: drawExamples(data.train, sizeNamed(scale, "examples"), seed),
    look: async (weights) => [
      { probe: AVERAGING, unit: "share of test digits", values: await compare(weights) },
    ],
  });
}

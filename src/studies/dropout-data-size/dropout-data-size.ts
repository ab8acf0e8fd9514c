import { defineStudy, sizeNamed, type Arm, type Study } from "../../experiments/index.ts";
import { mnistNetwork } from "../dropout-mnist/model.ts";
import { drawExamples } from "../dropout-parts/draw-examples.ts";
import { RECIPE_TEXTS } from "../dropout-parts/recipe.ts";
import { SOURCE } from "../dropout-parts/source.ts";
import { trainClassifier } from "../dropout-parts/train-classifier.ts";
import { dataSizeFigures } from "./figures.ts";
import { checkDataSize, keptProbes, measures, type DataSizeMeasure } from "./measures.ts";
import { choiceOf, choices, METHODS, type DataSizeArm } from "./model.ts";
import { judge, RULE } from "./verdict.ts";

const arms = choices.map(({ id, method, examples }): Arm<DataSizeArm> => {
  const shown = examples.toLocaleString("en-US");
  return {
    id,
    label: `${shown} digits, ${method} dropout`,
    short: `${shown} ${method}`,
    description:
      method === "with"
        ? `${shown} training digits; 0.8 of the inputs and 0.5 of the hidden units are kept.`
        : `${shown} training digits, nothing dropped.`,
  };
});

/**
 * How much does dropout help with few and with many training examples?
 *
 * Source: Srivastava et al. 2014 (JMLR 15), section 7.4, figure 10.
 */
const study: Study<DataSizeArm, DataSizeMeasure> = defineStudy<DataSizeArm, DataSizeMeasure>({
  id: "dropout-data-size",
  revision: 1,
  title: "Dropout and the size of the data",
  question:
    "Does dropout gain nothing with very few training examples, most with some thousand, and less again with many?",
  claim:
    "With 100 and 500 training digits dropout gives no improvement; the gain grows with the data up to a point and then declines.",
  source: { ...SOURCE, place: "section 7.4, figure 10" },
  data: { name: "mnist", options: {} },
  protocol: {
    arms,
    held: {
      ...RECIPE_TEXTS,
      Network: "ReLU, sizes as the preset says, the same for every number of digits",
      "Learning rate": `first ${METHODS.without.rate} without and ${METHODS.with.rate} with dropout, as in the study dropout-mnist`,
      Steps: "the same for every number of digits",
      "Training digits": "drawn at random by the seed; smaller sets are part of the larger ones",
      Input: "MNIST, grey levels from 0 to 1; all 10,000 test digits",
    },
    differs: [
      "The preset quick has two layers of 384 units, standard two of 512; paper has the paper’s 1024-1024-2048 as three layers of 1,024.",
      "Learning rates were tuned once, for 5,000 digits on others held out of training (study dropout-mnist), and are used for every number of digits; the paper does not state its own.",
      "Quick’s 2,000 steps pass over 50,000 digits four times only. There the network with dropout is still learning, so a small gain at that size may be for want of steps.",
      "What counts as no gain, less than 5 % of the errors, is ours and was fixed before the first run; the paper judges by eye.",
      "With 100 digits every step sees all of them.",
    ],
    presets: {
      quick: {
        steps: 2_000,
        seeds: 3,
        evaluateEvery: 2_000,
        observeEvery: 200,
        checkpointEvery: 2_000,
        sizes: { layers: 2, width: 384 },
      },
      standard: {
        steps: 12_000,
        seeds: 5,
        evaluateEvery: 6_000,
        observeEvery: 1_000,
        checkpointEvery: 4_000,
        sizes: { layers: 2, width: 512 },
      },
      paper: {
        steps: 1_000_000,
        seeds: 5,
        evaluateEvery: 50_000,
        observeEvery: 50_000,
        checkpointEvery: 10_000,
        sizes: { layers: 3, width: 1_024 },
      },
    },
  },
  measures,
  train(setup) {
    const { arm, seed, scale, data } = setup;
    const { method, examples } = choiceOf(arm);
    const recipe = METHODS[method];
    const sizes = { layers: sizeNamed(scale, "layers"), width: sizeNamed(scale, "width") };
    return trainClassifier(setup, {
      ...recipe,
      model: mnistNetwork(recipe, sizes),
      examples: drawExamples(data.train, examples, seed),
    });
  },
  keep: keptProbes,
  check: checkDataSize,
  rule: RULE,
  verdict: judge,
  figures: dataSizeFigures,
});
export default study;

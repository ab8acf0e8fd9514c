import { defineStudy, sizeNamed, type Study } from "../../experiments/index.ts";
import { drawExamples } from "../dropout-parts/draw-examples.ts";
import { MAX_NORM, RECIPE_TEXTS } from "../dropout-parts/recipe.ts";
import { SOURCE } from "../dropout-parts/source.ts";
import { trainClassifier } from "../dropout-parts/train-classifier.ts";
import { mnistFigures } from "./figures.ts";
import { checkMnist, keptProbes, measures, type DropoutMnistMeasure } from "./measures.ts";
import { mnistNetwork, recipes, type DropoutMnistArm } from "./model.ts";
import { judge, RULE } from "./verdict.ts";

/**
 * Does dropout lower the test error of fully connected networks on MNIST, does max-norm lower it
 * further, and do Gaussian factors do as well as masks?
 *
 * Source: Srivastava et al. 2014 (JMLR 15), section 6.1.1, tables 2, 9 and 10.
 */
const study: Study<DropoutMnistArm, DropoutMnistMeasure> = defineStudy<
  DropoutMnistArm,
  DropoutMnistMeasure
>({
  id: "dropout-mnist",
  revision: 1,
  title: "Dropout on MNIST",
  question:
    "Does dropout lower the test error of fully connected networks on MNIST, with max-norm further, and with Gaussian factors as well as with masks?",
  claim:
    "Dropout lowers the test error with logistic and with ReLU units; max-norm lowers it further, and so does twice the width; multiplicative Gaussian noise does as well.",
  source: { ...SOURCE, place: "sections 6.1.1 and 10, tables 2, 9 and 10" },
  data: { name: "mnist", options: {} },
  protocol: {
    arms: [
      {
        id: "logistic",
        label: "logistic units",
        short: "logistic",
        description: "Fully connected, logistic units, nothing else.",
      },
      {
        id: "logistic-dropout",
        label: "logistic units, dropout",
        short: "logistic, dropout",
        description:
          "The same with dropout: 0.8 of the inputs and 0.5 of the hidden units are kept.",
      },
      {
        id: "relu",
        label: "ReLU",
        short: "ReLU",
        description: "Fully connected, ReLU, nothing else.",
      },
      {
        id: "relu-max-norm",
        label: "ReLU, max-norm",
        short: "max-norm",
        description: `ReLU with max-norm ${MAX_NORM} in every layer.`,
      },
      {
        id: "relu-dropout",
        label: "ReLU, dropout",
        short: "dropout",
        description: "ReLU with dropout as above.",
      },
      {
        id: "relu-dropout-max-norm",
        label: "ReLU, dropout, max-norm",
        short: "dropout + max-norm",
        description: "ReLU with both.",
      },
      {
        id: "relu-dropout-max-norm-wide",
        label: "ReLU, dropout, max-norm, twice as wide",
        short: "both, twice as wide",
        description: "ReLU with both and twice as many units in each hidden layer.",
      },
      {
        id: "relu-gaussian-max-norm",
        label: "ReLU, Gaussian noise, max-norm",
        short: "Gaussian + max-norm",
        description:
          "ReLU with max-norm; inputs and hidden units are multiplied with Gaussian factors of mean 1 and the masks’ variance, (1 − p) / p, instead of being dropped.",
      },
    ],
    held: {
      ...RECIPE_TEXTS,
      "Examples, layers, units":
        "as the preset says; a seed’s training digits are the same in all its arms",
      Input: "MNIST, grey levels from 0 to 1; all 10,000 test digits",
    },
    differs: [
      "The preset quick trains two layers of 384 units on 5,000 digits, others for each seed: the paper’s own figure 10 has dropout’s gain largest there, and its networks of 1,024 units take hours. The preset standard has all 60,000 digits and two layers of 512; paper has the paper’s three layers of 1,024 and 1,000,000 steps.",
      "Learning rate, batch size, first weights and scale of pixels are not stated in the paper. The first rate of each arm was chosen before any run on test digits: of four, that with the highest accuracy on 10,000 digits held out of training, at the sizes of the preset quick (fixtures/dropout-mnist-rate.ts). The wide network has the rate of its narrow one. The other presets use the same rates.",
      "Momentum rises to 0.95, the bound on norms is 2 in all layers, and 0.8 and 0.5 are kept, as in the paper’s appendix B.1; the form of both schedules is ours.",
      "The paper’s networks are tuned on validation error and then trained again on all digits for one number of updates; here the number of steps is fixed beforehand. There is no early stopping in either.",
      "Table 10’s Gaussian network has two layers of 1,024; here it differs from the one with masks in the noise alone.",
    ],
    presets: {
      quick: {
        steps: 2_500,
        seeds: 3,
        evaluateEvery: 500,
        observeEvery: 250,
        checkpointEvery: 2_500,
        sizes: { examples: 5_000, layers: 2, width: 384 },
      },
      standard: {
        steps: 15_000,
        seeds: 5,
        evaluateEvery: 1_500,
        observeEvery: 1_500,
        checkpointEvery: 5_000,
        sizes: { examples: 60_000, layers: 2, width: 512 },
      },
      paper: {
        steps: 1_000_000,
        seeds: 5,
        evaluateEvery: 20_000,
        observeEvery: 50_000,
        checkpointEvery: 10_000,
        sizes: { examples: 60_000, layers: 3, width: 1_024 },
      },
    },
  },
  measures,
  train(setup) {
    const { arm, seed, scale, data } = setup;
    const recipe = recipes[arm];
    const sizes = { layers: sizeNamed(scale, "layers"), width: sizeNamed(scale, "width") };
    return trainClassifier(setup, {
      ...recipe,
      model: mnistNetwork(recipe, sizes),
      examples: drawExamples(data.train, sizeNamed(scale, "examples"), seed),
    });
  },
  keep: keptProbes,
  check: checkMnist,
  rule: RULE,
  verdict: judge,
  figures: mnistFigures,
});
export default study;

import { defineStudy, sizeNamed, type Arm, type Study } from "../../experiments/index.ts";
import { crossEntropy } from "../../nn/index.ts";
import { evaluate } from "../../train/index.ts";
import { drawExamples } from "../dropout-parts/draw-examples.ts";
import { MAX_NORM, RECIPE_TEXTS } from "../dropout-parts/recipe.ts";
import { SOURCE } from "../dropout-parts/source.ts";
import { trainClassifier } from "../dropout-parts/train-classifier.ts";
import { rateFigures } from "./figures.ts";
import { checkRates, keptProbes, measures, TRAINING, type RateMeasure } from "./measures.ts";
import { choiceOf, choices, RATE, rateNetwork, type RateArm } from "./model.ts";
import { judge, RULE } from "./verdict.ts";

const arms = choices.map(({ id, family, keep }): Arm<RateArm> => {
  const percent = `${Math.round(keep * 100)} %`;
  const units =
    family === "n"
      ? "Hidden layers of the width that the preset says"
      : "Hidden layers so wide that as many units are kept as at every other probability";
  return {
    id,
    label: `fixed ${family}, ${percent} kept`,
    short: `${family}, ${percent}`,
    description: `${units}; each hidden unit is kept with probability ${keep}.`,
  };
});

/**
 * How does error depend on the probability to keep a unit?
 *
 * Source: Srivastava et al. 2014 (JMLR 15), section 7.3, figure 9.
 */
const study: Study<RateArm, RateMeasure> = defineStudy<RateArm, RateMeasure>({
  id: "dropout-rate",
  revision: 1,
  title: "The probability to keep a unit",
  question:
    "Is the error flat over a wide range of keep probabilities, with underfitting below it and overfitting above?",
  claim:
    "With a fixed number of units n the test error is flat for 0.4 ≤ p ≤ 0.8 and rises on both sides; with a fixed number of kept units pn it is lowest near p = 0.6, and small p harms less than with fixed n.",
  source: { ...SOURCE, place: "section 7.3, figure 9" },
  data: { name: "mnist", options: {} },
  protocol: {
    arms,
    held: {
      ...RECIPE_TEXTS,
      Network: "ReLU, no dropout on the inputs; first weights are alike where widths are",
      "Max-norm": `${MAX_NORM} in every layer`,
      "Learning rate": `first ${RATE} in every arm`,
      "Training digits": "drawn at random by the seed, the same in all its arms",
      Input: "MNIST, grey levels from 0 to 1; all 10,000 test digits",
    },
    differs: [
      "The paper’s networks are 784-2048-2048-2048-10 for fixed n and pn = 256, 256, 512; the preset quick has two layers of n = 256 or pn = 80 and 5,000 training digits, standard two of n = 384 or pn = 100 and all digits, paper three of n = 2,048 or pn = 256.",
      "One learning rate for all arms (how it was chosen: study dropout-mnist), and max-norm in all, so that nothing but dropout differs and strong noise does not diverge; the paper states neither.",
      "The paper trains for very long. With the 30 passes of quick, small p may still be learning: the rise of the error there is of this training length; and its 256 units leave 26 at p = 0.1, where the paper’s 2,048 leave 205.",
      "What counts as flat, ± 0.50 points, is ours and was fixed before the first run; the paper judges by eye. Its text gives 2.7 and 1.7 % for p = 0.1, which are the training errors of its figure; test errors there are about 3.2 and 2.4 %.",
    ],
    presets: {
      quick: {
        steps: 1_500,
        seeds: 3,
        evaluateEvery: 1_500,
        observeEvery: 150,
        checkpointEvery: 1_500,
        sizes: { examples: 5_000, layers: 2, width: 256, kept: 80 },
      },
      standard: {
        steps: 9_000,
        seeds: 5,
        evaluateEvery: 9_000,
        observeEvery: 900,
        checkpointEvery: 3_000,
        sizes: { examples: 60_000, layers: 2, width: 384, kept: 100 },
      },
      paper: {
        steps: 1_000_000,
        seeds: 5,
        evaluateEvery: 50_000,
        observeEvery: 50_000,
        checkpointEvery: 10_000,
        sizes: { examples: 60_000, layers: 3, width: 2_048, kept: 256 },
      },
    },
  },
  measures,
  train(setup) {
    const { arm, seed, scale, data, backend } = setup;
    const [layers, width, kept] = ["layers", "width", "kept"].map((name) => sizeNamed(scale, name));
    const model = rateNetwork(choiceOf(arm), { layers: layers!, width: width!, kept: kept! });
    const examples = drawExamples(data.train, sizeNamed(scale, "examples"), seed);
    return trainClassifier(setup, {
      model,
      examples,
      rate: RATE,
      maxNorm: true,
      async look(weights) {
        const { accuracy } = await evaluate(model, weights, examples, {
          loss: crossEntropy(),
          backend,
        });
        const values = { error: 1 - accuracy! };
        return [{ probe: TRAINING, unit: "share of training digits", values }];
      },
    });
  },
  keep: keptProbes,
  check: checkRates,
  rule: RULE,
  verdict: judge,
  figures: rateFigures,
});
export default study;

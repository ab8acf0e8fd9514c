import { defineStudy, sizeNamed, type RunSetup, type Study } from "../../experiments/index.ts";
import { meanSquaredError } from "../../nn/index.ts";
import { fit, sgd, type TrainEvent } from "../../train/index.ts";
import { afterTraining, type FinalProbe } from "../dropout-parts/after-training.ts";
import { SOURCE } from "../dropout-parts/source.ts";
import {
  compareDraws,
  compareFormulas,
  compareMinimisers,
  dropoutRegression,
  KEEP,
  ridgeGap,
  stepSize,
  WEIGHT,
} from "./compare.ts";
import { regressionFigures } from "./figures.ts";
import {
  checkMasks,
  DRAWS,
  FORMULAS,
  LEARNED,
  measures,
  type RegressionMeasure,
} from "./measures.ts";
import { COLUMNS, digitBlocks, problemOf, ROWS, splitOf, type RegressionArm } from "./problem.ts";
import { RULE, judge } from "./verdict.ts";

/**
 * Is dropout on the inputs of linear regression, on average over masks, the ridge regression that
 * the paper derives, and not the two formulas that circulate?
 *
 * Source: Srivastava et al. 2014 (JMLR 15), section 9.1.
 */
const study: Study<RegressionArm, RegressionMeasure> = defineStudy<
  RegressionArm,
  RegressionMeasure
>({
  id: "dropout-regression",
  revision: 1,
  title: "Dropout on linear regression",
  question:
    "Is linear regression with dropout on its inputs, on average over masks, the ridge regression that the paper derives?",
  claim:
    "E‖y − (R ∗ X)w‖² = ‖y − pXw‖² + p(1 − p)‖Γw‖² with Γ = diag(XᵀX)^½ and p the probability to keep: enumeration, closed form, drawn masks and gradient descent agree; the (1 − p)‖w‖² that is often printed does not.",
  source: { ...SOURCE, place: "section 9.1" },
  data: { name: "digit-blocks", generate: digitBlocks },
  protocol: {
    arms: [
      {
        id: "gaussian",
        label: "random X and y",
        short: "random",
        description: `${ROWS} rows of ${COLUMNS} correlated Gaussian inputs whose standard deviations rise from 0.5 to 2; y is a random linear function of them plus standard normal noise. All new for each seed.`,
      },
      {
        id: "digits",
        label: "blocks of real digits",
        short: "digits",
        description: `${ROWS} MNIST digits, others for each seed: the mean brightness of the eight outer blocks of 8 × 8 pixels predicts that of the middle block.`,
      },
    ],
    held: {
      Model: "y = (R ∗ X)w without intercept; every input of every row has a coin of its own",
      "Every mask": `the loss’s mean over all ${2 ** COLUMNS} masks of every row, in float64, at keep probabilities 0.1, 0.2, … 1`,
      "Drawn masks": `those of the dropout layer, keep ${KEEP}, in 32-bit floats`,
      "Gradient descent": `keep ${KEEP}, all rows in every step with new masks, mean squared error, first weights 0, a constant step of keep · n / (4 trace XᵀX), half of what the mean curvature bears; the weights’ mean over the second half of the steps`,
    },
    differs: [
      "The paper proves the identity and shows no experiment for it. Sizes, data and keep probabilities are ours; they were chosen so that all masks can be visited.",
      "The layer’s dropout is inverted (what is kept is divided by the keep probability), so what is learned stands for p · w, the paper’s weights at test time.",
      "Line 3 and line 4 are of a second derivation that circulates in lecture notes: line 3 has p where the expectation has p² and no diagonal term, as if one coin decided for a whole row; line 4 is ‖y − Xw‖² plus the probability to keep times ‖w‖². Where they leave open whether weights are scaled at test time, they are given the benefit.",
    ],
    presets: {
      quick: {
        steps: 40_000,
        seeds: 10,
        evaluateEvery: 40_000,
        observeEvery: 40_000,
        checkpointEvery: 40_000,
        sizes: { samples: 20_000 },
      },
      standard: {
        steps: 200_000,
        seeds: 20,
        evaluateEvery: 200_000,
        observeEvery: 200_000,
        checkpointEvery: 50_000,
        sizes: { samples: 200_000 },
      },
      paper: {
        steps: 1_000_000,
        seeds: 40,
        evaluateEvery: 1_000_000,
        observeEvery: 1_000_000,
        checkpointEvery: 100_000,
        sizes: { samples: 1_000_000 },
      },
    },
  },
  measures,
  train,
  keep: ({ probes }) => probes,
  check: checkMasks,
  rule: RULE,
  verdict: judge,
  figures: regressionFigures,
});
export default study;

/** Gradient descent first; what it learned is compared once it is over. */
async function* train(setup: RunSetup<RegressionArm>): AsyncGenerator<TrainEvent, void> {
  const { arm, seed, scale, data, backend, resume, saveCheckpoint, signal } = setup;
  const problem = problemOf(arm, seed, data);
  const half = Math.floor(scale.steps / 2);
  const run = fit(dropoutRegression(problem.columns), {
    data: { train: splitOf(problem), hash: `${data.hash}/${arm}/${seed}` },
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: stepSize(problem) }),
    // The plain mean over the second half of the steps.
    average: { decay: (step) => (step < half ? 0 : (step - half) / (step - half + 1)) },
    steps: scale.steps,
    batchSize: problem.rows,
    seed,
    backend,
    reportEvery: Math.max(1, Math.floor(scale.steps / 100)),
    checkpointEvery: scale.checkpointEvery,
    onCheckpoint: saveCheckpoint,
    ...(resume && { resumeFrom: resume }),
    ...(signal && { signal }),
  });
  const look = async (): Promise<readonly FinalProbe[]> => {
    const learned = run.average()!.get(WEIGHT)!.data;
    const draws = { seed, samples: sizeNamed(scale, "samples"), backend };
    const formulas = { ...compareFormulas(problem), ridge: ridgeGap(problem) };
    return [
      { probe: FORMULAS, unit: "squared error", values: formulas },
      { probe: DRAWS, unit: "squared error", values: await compareDraws(problem, draws) },
      {
        probe: LEARNED,
        unit: "weights at test time",
        values: compareMinimisers(problem, learned),
      },
    ];
  };
  for await (const event of afterTraining(run, look)) {
    // Each step is a pass over all rows: its epoch says nothing new.
    if (event.type !== "epoch") yield event;
  }
}

import {
  combineFindings,
  defineStudy,
  findAbove,
  findExact,
  sizeNamed,
  type Arm,
  type Finding,
  type Study,
} from "../../experiments/index.ts";
import { crossEntropy, initialize } from "../../nn/index.ts";
import { fit, sgd } from "../../train/index.ts";
import { theoremFigures } from "./figures.ts";
import {
  checkTheorems,
  keptProbes,
  measures,
  CURVATURE_TOLERANCE_PPM,
  TOLERANCE_PPM,
  type TheoremMeasure,
} from "./measures.ts";
import { EPS, normalizedLayers, theoremNetwork, type TheoremArm } from "./model.ts";
import { theoremProbe } from "./theorem-probe.ts";

const BATCH_SIZE = 128;
const LEARNING_RATE = 0.1;
/** Steps between the reports of a batch's loss. */
const REPORT_EVERY = 50;

const arms: readonly Arm<TheoremArm>[] = [
  {
    id: "relu",
    label: "ReLU network",
    short: "ReLU",
    description:
      "784 pixels, two hidden layers of 64 units (dense without bias, batch normalization, ReLU), 10 logits.",
  },
  {
    id: "tanh",
    label: "tanh network",
    short: "tanh",
    description: "The same with tanh in place of ReLU: smooth everywhere.",
  },
];

/**
 * Do the statements behind “batch normalization smooths the landscape” hold on real batches, as
 * equalities where they are, and as printed where they are printed wrongly?
 *
 * Source: Santurkar et al. 2018 (arXiv:1805.11604), section 4 and appendix C.
 */
const study: Study<TheoremArm, TheoremMeasure> = defineStudy<TheoremArm, TheoremMeasure>({
  id: "batchnorm-theorems",
  revision: 1,
  title: "The theorems on batch normalization, in numbers",
  question:
    "Do the theorems on what batch normalization does to gradients and curvature hold on real batches, and how sharp are they?",
  claim:
    "Theorems 4.1 and 4.2, printed as bounds, are equalities; observations 4.3 and 4.5 are exact; theorem 4.4 does not hold as printed and does with its terms of one dimension.",
  source: {
    authors: "Santurkar, Tsipras, Ilyas & Mądry",
    year: 2018,
    title: "How Does Batch Normalization Help Optimization?",
    place: "section 4, theorems 4.1, 4.2, 4.4, observations 4.3, 4.5",
    id: "arXiv:1805.11604",
  },
  data: { name: "mnist", options: {} },
  protocol: {
    arms,
    held: {
      "First weights": "Glorot uniform; bitwise the same in both arms of a seed",
      "Batch normalization": `scale starts at 1, shift at 0, both are trained; ε = ${EPS}`,
      "Batch size": `${BATCH_SIZE} in training`,
      Optimizer: `plain stochastic gradient descent, learning rate ${LEARNING_RATE}, constant`,
      Loss: "cross-entropy, mean over the batch",
      "What is looked at":
        "the first held-out digits as one batch, normalized with its own statistics, at both normalized layers, before the first step, every few steps, and after the last",
    },
    differs: [
      "The paper proves its theorems and does not compute them; all that is measured here is ours. L is the loss as a function of what normalization hands on (z), L̂ the same as a function of what it receives (y); g = ∂L/∂z and v = ∂L̂/∂y come from one backward pass, the other sides from g, y and plain sums in double precision.",
      "Theorem 4.2 is about one unit’s block of the second derivative, so the network is differentiated twice along one unit’s gradient at a time. With ReLU that is the second derivative wherever it exists.",
      "Theorem 4.4 as printed subtracts terms of different dimension (g² beside m μ² and λ² ⟨∂L/∂z, ŷ⟩²). It is judged in two readings: kindly, with g² read as g; and to the letter, where multiplying the loss by a constant must not change which side is larger. The corrected form, γ²/σ² λ² (‖g‖² − ⟨1, g⟩²/m − ⟨g, ŷ⟩²/m), follows from theorem 4.1 and max ‖Xᵀv‖² = λ²‖v‖² over ‖X‖₂ ≤ λ; λ here is the batch’s own spectral norm.",
      "Observation 4.5 speaks of optima W*. Any W shows its arithmetic and the scale invariance behind it, so the weights of the moment stand in W*’s place.",
      "The theorems have no ε. Ours is small enough that f32 does not see it beside a variance above 10⁻³.",
      `The tolerance of ${TOLERANCE_PPM} ppm was fixed before the first run: single rounding errors of f32 are 0.06 ppm, and a backward pass adds up many. For second derivatives it was raised to ${CURVATURE_TOLERANCE_PPM} ppm after the first run of the quick preset, which had stayed below half of the old one, so that longer presets have room.`,
    ],
    presets: {
      quick: {
        steps: 600,
        seeds: 3,
        evaluateEvery: 300,
        observeEvery: 150,
        checkpointEvery: 600,
        sizes: { observed: 256 },
      },
      standard: {
        steps: 6_000,
        seeds: 5,
        evaluateEvery: 1_000,
        observeEvery: 500,
        checkpointEvery: 2_000,
        sizes: { observed: 512 },
      },
      paper: {
        steps: 15_000,
        seeds: 5,
        evaluateEvery: 1_000,
        observeEvery: 500,
        checkpointEvery: 3_000,
        sizes: { observed: 1024 },
      },
    },
  },
  measures,
  train({ arm, seed, scale, data, backend, resume, saveCheckpoint, signal }) {
    const model = theoremNetwork(arm);
    const initial = initialize(model, seed);
    const batchSize = sizeNamed(scale, "observed");
    return fit(model, {
      data,
      loss: crossEntropy(),
      optimizer: sgd({ learningRate: LEARNING_RATE }),
      steps: scale.steps,
      batchSize: BATCH_SIZE,
      seed,
      backend,
      reportEvery: REPORT_EVERY,
      evaluateEvery: scale.evaluateEvery,
      checkpointEvery: scale.checkpointEvery,
      onCheckpoint: saveCheckpoint,
      observe: normalizedLayers.map((layer) =>
        theoremProbe({
          layer,
          examples: data.test,
          batchSize,
          every: scale.observeEvery,
          initial,
        }),
      ),
      ...(resume && { resumeFrom: resume }),
      ...(signal && { signal }),
    });
  },
  keep: keptProbes,
  check: checkTheorems,
  rule: `Statements that are exact are judged by every run: an equality holds if its largest error over units, layers, observations and runs is at most ${TOLERANCE_PPM} millionths (theorem 4.2: ${CURVATURE_TOLERANCE_PPM}), and is contradicted by one larger error; the corrected bound holds if no unit of any run exceeds it by more than that. The printed one fails, and its letter depends on the loss’s unit, if in each network the 95 % t-interval of the share of units for which that is so lies above zero. The whole is supported if all parts are, contradicted if one is.`,
  verdict(summaries, check) {
    const about = (measure: TheoremMeasure) => ({ measure, summary: summaries[measure] });
    const equality = (measure: TheoremMeasure, claim: string, tolerance: number): Finding =>
      findExact({ ...about(measure), claim, tolerance, of: "largest error" });
    const broken = (measure: TheoremMeasure, claim: string): Finding[] =>
      arms.map(({ id, label }) =>
        findAbove({ ...about(measure), claim, arm: id, bound: 0, of: `${label}, share of units` }),
      );
    return combineFindings(
      [
        equality("gradient-error", "Theorem 4.1 is an equality.", TOLERANCE_PPM),
        equality("curvature-error", "Theorem 4.2 is an equality.", CURVATURE_TOLERANCE_PPM),
        equality(
          "restored-error",
          "Normalization with the right scale and shift restores any activations (4.3).",
          TOLERANCE_PPM,
        ),
        findExact({
          ...about("weight-use"),
          claim: "The corrected theorem 4.4 is a bound.",
          tolerance: 1 + TOLERANCE_PPM / 1e6,
          of: "left side ÷ right side",
        }),
        ...broken("printed-false", "Theorem 4.4 as printed, read kindly, is not a bound."),
        ...broken(
          "unit-dependent",
          "Theorem 4.4 to the letter is true or false depending on the loss’s unit.",
        ),
        equality(
          "scale-error",
          "Weights may be shrunk towards the first ones without changing the outputs (4.5).",
          TOLERANCE_PPM,
        ),
      ],
      check,
    );
  },
  figures: theoremFigures,
});
export default study;

import { OptionError, ShapeError } from "../base/errors.ts";
import { streamKey } from "../base/random.ts";
import { showShape, sizeOf } from "../base/shape.ts";
import { asFloats } from "../data/as-floats.ts";
import type { Examples } from "../data/dataset.ts";
import { gatherInputs } from "../data/gather.ts";
import { input } from "../graph/ops/input.ts";
import { softmax } from "../graph/ops/softmax.ts";
import {
  trace,
  type MemberTree,
  type Module,
  type RandomStream,
  type Tensor,
  type Weights,
} from "../nn/index.ts";
import { checkSeed } from "../nn/weights.ts";
import type { Backend, Executable, Session } from "../run/backend.ts";
import { breather, type Breather } from "./breather.ts";
import { checkExamples } from "./check-split.ts";
import { chunkSize } from "./chunks.ts";
import { openModel } from "./open-model.ts";
import { runningMoments, type RunningMoments } from "./running-moments.ts";

export interface MonteCarloOptions {
  /** How many predictions are drawn per example; an integer of at least 2. */
  readonly samples: number;
  /** Of the draws; defaults to *0*. */
  readonly seed?: number;
  /**
   * What the model's last axis is: logits, which a softmax turns into probabilities before they
   * are averaged; probabilities; or plain numbers, which have no entropy. Defaults to *"logits"*.
   */
  readonly output?: "logits" | "probabilities" | "numbers";
  /** Give all examples the same draw in each sample: one thinned network each. Defaults to *false*. */
  readonly sharedNoise?: boolean;
  /** Defaults to *the fastest backend that runs here*. */
  readonly backend?: Backend;
}

export interface MonteCarloPrediction {
  readonly samples: number;
  /** Mean over the samples, [count, ...output]: of probabilities or numbers. */
  readonly mean: Tensor;
  /** Unbiased variance over the samples, [count, ...output]. */
  readonly variance: Tensor;
  /** Entropy of the mean, in nats: all uncertainty, [count, ...]; null for numbers. */
  readonly entropy: Tensor | null;
  /** Mean entropy of the samples, in nats: what more draws do not take away. */
  readonly expectedEntropy: Tensor | null;
  /** Their difference, in nats: how much the samples disagree. */
  readonly mutualInformation: Tensor | null;
}

/**
 * Monte-Carlo dropout: predictions in phase `eval`, normalization by the statistics in `weights`,
 * but with random layers drawing; `samples` draws per example.
 *
 * Shape:  examples [count, ...shape]; the model's output [count, ...S, C].
 * Errors: OptionError if samples < 2, or nothing in the model is random; DataError if the weights
 *         are not the model's; ShapeError if the examples do not fit it.
 * Source: Gal & Ghahramani 2016, arXiv:1506.02142; Houlsby et al. 2011, arXiv:1112.5745, for the
 *         mutual information.
 */
export async function monteCarlo(
  model: Module,
  weights: Weights,
  examples: Examples,
  options: MonteCarloOptions,
): Promise<MonteCarloPrediction> {
  checkExamples(examples, "monteCarlo");
  const settings = resolveOptions(options);
  const { session, tree } = await openModel(model, weights, options.backend, "monteCarlo");
  const programs = await compileSamples(session, { model, tree, examples, ...settings });
  const moments = runningMoments(examples.count * sizeOf(programs.shape));
  const width = programs.shape.at(-1) ?? 1;
  const entropies = runningMoments((examples.count * sizeOf(programs.shape)) / width);
  const prediction = new Float32Array(examples.count * sizeOf(programs.shape));
  const breathe = breather();
  for (let sample = 0; sample < settings.samples; sample++) {
    await programs.run(sample, prediction, breathe);
    moments.add(prediction);
    if (settings.output !== "numbers") entropies.add(entropyOfRows(prediction, width));
  }
  const shape = [examples.count, ...programs.shape];
  return summarize(settings, shape, moments, entropies);
}

interface Settings {
  readonly samples: number;
  readonly seed: number;
  readonly output: "logits" | "probabilities" | "numbers";
  readonly sharedNoise: boolean;
}

function resolveOptions(options: MonteCarloOptions): Settings {
  const { samples, seed = 0, output = "logits", sharedNoise = false } = options;
  checkSeed(seed, "monteCarlo");
  if (!Number.isSafeInteger(samples) || samples < 2) {
    throw new OptionError(`monteCarlo: samples must be an integer of at least 2, got ${samples}`);
  }
  if (!["logits", "probabilities", "numbers"].includes(output)) {
    throw new OptionError(
      `monteCarlo: output must be "logits", "probabilities" or "numbers", got ${JSON.stringify(output)}`,
    );
  }
  return { samples, seed, output, sharedNoise };
}

interface Site extends Settings {
  readonly model: Module;
  readonly tree: MemberTree;
  readonly examples: Examples;
}

interface SamplePrograms {
  /** Of one example's output. */
  readonly shape: readonly number[];
  /** Draws one prediction for all examples. */
  run(sample: number, into: Float32Array, breathe: Breather): Promise<void>;
}

/** One program for whole chunks and, if they leave a remainder, one more for it. */
async function compileSamples(session: Session, site: Site): Promise<SamplePrograms> {
  const { examples, seed, sharedNoise } = site;
  const split = asFloats(examples);
  const size = chunkSize(split.count);
  const whole = await compileChunk(session, site, size);
  const remainder = split.count % size;
  const last = remainder === 0 ? whole : await compileChunk(session, site, remainder);
  const rows = Uint32Array.from({ length: split.count }, (_, i) => i);
  const chunks = Math.ceil(split.count / size);
  const perExample = sizeOf(whole.shape);
  return {
    shape: whole.shape,
    async run(sample, into, breathe) {
      for (let chunk = 0; chunk < chunks; chunk++) {
        const start = chunk * size;
        const count = Math.min(size, split.count - start);
        const { executable, streams } = count === size ? whole : last;
        gatherInputs(split, { rows, start, count }, executable.input("x") as Float32Array);
        const draw = sharedNoise ? sample : sample * chunks + chunk;
        for (const { input: name, stream } of streams) {
          executable.input(name).set(streamKey(seed, stream, draw));
        }
        executable.run();
        into.set(executable.output("output"), start * perExample);
        const pause = breathe();
        if (pause !== null) await pause;
      }
    },
  };
}

interface CompiledChunk {
  readonly executable: Executable;
  readonly streams: readonly RandomStream[];
  readonly shape: readonly number[];
}

async function compileChunk(session: Session, site: Site, size: number): Promise<CompiledChunk> {
  const { model, tree, examples, output, sharedNoise } = site;
  const x = input("x", [size, ...examples.shape]);
  const traced = trace(model, x, { phase: "eval", noise: true, sharedNoise, tree });
  if (traced.randomStreams.length === 0) {
    throw new OptionError(
      `monteCarlo: something in the model must be random, got nothing in ${model.label}`,
    );
  }
  const { shape } = traced.output;
  if (output !== "numbers" && shape.length < 2) {
    throw new ShapeError(
      `monteCarlo: ${output} must be [N, ..., classes], got ${showShape(shape)}`,
    );
  }
  const result = output === "logits" ? softmax(traced.output) : traced.output;
  const program = { outputs: { output: result }, writes: [] };
  const executable = await session.compile(program, { name: "monte-carlo" });
  return { executable, streams: traced.randomStreams, shape: shape.slice(1) };
}

/** −Σ q · log q over each row of `width` probabilities, in nats. */
function entropyOfRows(probabilities: ArrayLike<number>, width: number): Float64Array {
  const entropies = new Float64Array(probabilities.length / width);
  for (let i = 0; i < probabilities.length; i++) {
    const share = probabilities[i]!;
    if (share > 0) entropies[Math.floor(i / width)]! -= share * Math.log(share);
  }
  return entropies;
}

function summarize(
  { samples, output }: Settings,
  shape: readonly number[],
  moments: RunningMoments,
  entropies: RunningMoments,
): MonteCarloPrediction {
  const tensor = (data: Float64Array, of = shape): Tensor => {
    return { shape: of, dtype: "f32", data: Float32Array.from(data) };
  };
  const parts = { samples, mean: tensor(moments.mean), variance: tensor(moments.variance()) };
  if (output === "numbers") {
    return { ...parts, entropy: null, expectedEntropy: null, mutualInformation: null };
  }
  const rows = shape.slice(0, -1);
  const entropy = entropyOfRows(moments.mean, shape.at(-1)!);
  const expected = entropies.mean;
  // Both are rounded, so a difference of nothing may come out below it.
  const information = entropy.map((total, i) => Math.max(0, total - expected[i]!));
  return {
    ...parts,
    entropy: tensor(entropy, rows),
    expectedEntropy: tensor(expected, rows),
    mutualInformation: tensor(information, rows),
  };
}

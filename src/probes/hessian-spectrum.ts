import { OptionError } from "../base/errors.ts";
import { randomBits, streamKey, type RandomKey } from "../base/random.ts";
import { checkEvery } from "./batches.ts";
import { lossCurvature, type Curvature } from "./curvature.ts";
import { finiteOr } from "./finite.ts";
import { lanczos, type Multiply } from "./lanczos.ts";
import { modeText } from "./mode-text.ts";
import { dot, readParameters, type ParameterSpace } from "./parameter-space.ts";
import type { Probe, ProbeSite, ProbeValues } from "./probe.ts";
import type { SurfaceOptions } from "./surface.ts";

export interface HessianSpectrumOptions extends SurfaceOptions {
  readonly name: string;
  /** Products for the largest eigenvalue, at most; defaults to *30*. */
  readonly iterations?: number;
  /** Relative residual at which the largest eigenvalue is good enough; defaults to *0.01*. */
  readonly tolerance?: number;
  /** Random vectors for the trace, one product each; 0 for no trace; defaults to *10*. */
  readonly vectors?: number;
  /** Of the vectors to begin with and for the trace; defaults to *0*. */
  readonly vectorSeed?: number;
  /**
   * `"none"`: of H itself. `"filter"`: of D H D, with D the norm of the filter that a number belongs
   * to (the weights into one unit; of a parameter with one axis, all of it), so that multiplying
   * weights before a normalization changes nothing; defaults to *"none"*.
   */
  readonly scaling?: "none" | "filter";
  /** Steps between observations. */
  readonly every: number;
}

/**
 * The curvature of the loss: ends of the Hessian's spectrum, and its trace. With `phase: "train"`
 * the loss is that of normalization with the batch's statistics, which are differentiated too; with
 * `"eval"` that of the running ones, another function with another Hessian.
 *
 * Values: `top`, the largest eigenvalue as far as found (a lower bound of it), `residual`, within
 *         which share of `top` an eigenvalue lies, `iterations`, products used for it; `bottom`, the
 *         smallest value seen on the way (an upper bound of the smallest eigenvalue);
 *         with `vectors` above 0, `trace`, and with more than one `traceError`, the standard error
 *         of that mean.
 * Unit:   per value, see `unit`.
 * Numerics: products f32 as in training, the recurrence float64. What is not finite is told as the
 *         largest double.
 * Cost:   iterations + vectors products per batch, each about four gradients.
 * Errors: OptionError for options out of range, or counts that do not fit.
 * Source: Lanczos by Paige 1980; trace by Hutchinson 1989, "A stochastic estimator of the trace of
 *         the influence matrix", Communications in Statistics 18; filters by Li et al. 2018,
 *         arXiv:1712.09913, section 4.
 */
export function hessianSpectrum(options: HessianSpectrumOptions): Probe {
  const settings = withDefaults(options);
  const { name, every, tolerance, iterations, vectors, scaling } = settings;
  const per = scaling === "none" ? "loss per unit² of parameters" : "loss";
  const matrix = scaling === "none" ? "H" : "D H D with the norms of filters";
  return Object.freeze({
    name,
    unit: `top, bottom, trace, traceError: ${per}; residual: 1; iterations: products`,
    every: checkEvery(every, "hessianSpectrum"),
    mode: `spectrum of ${matrix}; Lanczos to a relative residual of ${tolerance} or ${iterations} products, trace from ${vectors} random vectors; ${modeText(options)}`,
    async prepare(site) {
      const curvature = await lossCurvature(site, options);
      return (step) => observe(curvature, site, { ...settings, step });
    },
  } satisfies Probe);
}

type Settings = ReturnType<typeof withDefaults>;

function withDefaults(options: HessianSpectrumOptions) {
  const {
    iterations = 30,
    tolerance = 0.01,
    vectors = 10,
    vectorSeed = 0,
    scaling = "none",
  } = options;
  const check = (good: boolean, rule: string, got: unknown): void => {
    if (!good) throw new OptionError(`hessianSpectrum: ${rule}, got ${JSON.stringify(got)}`);
  };
  const whole = (value: number, least: number): boolean =>
    Number.isSafeInteger(value) && value >= least;
  check(whole(iterations, 1), "iterations must be a positive integer", iterations);
  check(whole(vectors, 0), "vectors must be an integer of at least 0", vectors);
  check(whole(vectorSeed, 0), "vectorSeed must be an integer in [0, 2⁵³)", vectorSeed);
  check(tolerance > 0 && tolerance < 1, "tolerance must be in (0, 1)", tolerance);
  check(scaling === "none" || scaling === "filter", 'scaling must be "none" or "filter"', scaling);
  return { ...options, iterations, tolerance, vectors, vectorSeed, scaling };
}

function observe(
  { space, multiply }: Curvature,
  site: ProbeSite,
  { iterations, tolerance, vectors, vectorSeed, scaling, step }: Settings & { step: number },
): ProbeValues {
  const scales =
    scaling === "filter"
      ? filterNorms(space, readParameters(space, site.session, new Float64Array(space.size)))
      : null;
  const apply: Multiply = (vector, into) => {
    multiply(step, scales === null ? vector : timesEach(vector, scales), into);
    if (scales !== null) into.set(timesEach(into, scales));
  };
  const start = randomSigns(space.size, streamKey(vectorSeed, "probe/lanczos", step));
  const {
    top,
    bottom,
    residual,
    iterations: used,
  } = lanczos(apply, {
    start,
    tolerance,
    iterations: Math.min(iterations, space.size),
  });
  const ends = {
    top: finiteOr(top),
    bottom: finiteOr(bottom),
    residual: finiteOr(residual),
    iterations: used,
  };
  if (vectors === 0) return ends;
  const samples = Array.from({ length: vectors }, (_, k) => {
    const key = streamKey(vectorSeed, `probe/trace/${k}`, step);
    const signs = randomSigns(space.size, key);
    const product = new Float64Array(space.size);
    apply(signs, product);
    return dot(signs, product);
  });
  return { ...ends, ...meanAndError(samples) };
}

function randomSigns(size: number, key: RandomKey): Float64Array {
  const signs = new Float64Array(size);
  let word = 0;
  for (let i = 0; i < size; i++) {
    // Each of the 32 bits is a draw of its own.
    if (i % 32 === 0) word = randomBits(i / 32, key);
    signs[i] = (word & 1) === 0 ? 1 : -1;
    word >>>= 1;
  }
  return signs;
}

function meanAndError(samples: readonly number[]): { trace: number; traceError?: number } {
  const { length } = samples;
  const trace = samples.reduce((sum, value) => sum + value, 0) / length;
  if (length < 2) return { trace: finiteOr(trace) };
  const squares = samples.reduce((sum, value) => sum + (value - trace) ** 2, 0);
  return {
    trace: finiteOr(trace),
    traceError: finiteOr(Math.sqrt(squares / (length - 1) / length)),
  };
}

function timesEach(vector: Float64Array, factors: Float64Array): Float64Array {
  const result = new Float64Array(vector.length);
  for (let i = 0; i < vector.length; i++) result[i] = vector[i]! * factors[i]!;
  return result;
}

/** For each number of a vector, the norm of its filter: the numbers with its last index. */
function filterNorms({ spans }: ParameterSpace, vector: Float64Array): Float64Array {
  const norms = new Float64Array(vector.length);
  for (const { named, from, to } of spans) {
    const { shape } = named.slot;
    const filters = shape.length < 2 ? 1 : shape.at(-1)!;
    const squares = new Float64Array(filters);
    for (let i = from; i < to; i++) squares[(i - from) % filters]! += vector[i]! ** 2;
    for (let i = from; i < to; i++) norms[i] = Math.sqrt(squares[(i - from) % filters]!);
  }
  return norms;
}

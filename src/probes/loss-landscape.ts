import { OptionError } from "../base/errors.ts";
import { streamKey } from "../base/random.ts";
import { checkEvery } from "./batches.ts";
import { compareGradients } from "./compare-gradients.ts";
import { finiteOr, finiteRange } from "./finite.ts";
import { gaussianVector } from "./gaussian-vector.ts";
import { modeText } from "./mode-text.ts";
import { dot } from "./parameter-space.ts";
import type { Probe, ProbeValues } from "./probe.ts";
import { lossSurface, type Surface, type SurfaceOptions } from "./surface.ts";

export interface LossLandscapeOptions extends SurfaceOptions {
  readonly name: string;
  /** The η of θ − η · d, each above 0, as a rule in [½, 4] times the learning rate. */
  readonly stepSizes: readonly number[];
  /**
   * The direction d: the gradient, or a Gaussian one as long as the gradient, another at each
   * observation; defaults to *"gradient"*.
   */
  readonly direction?: "gradient" | { readonly seed: number };
  /** Steps between observations. */
  readonly every: number;
}

/**
 * The loss landscape along the gradient, at θ − η · d for several step sizes η and d = g = ∇L(θ):
 * minus, so descent; parameters and batch stay the same. A BatchNorm in phase `train` normalizes
 * with the batch's statistics at θ − η · d, and its gradient goes through them.
 *
 * Values: `loss` L(θ), `gradientNorm` ‖g‖₂;
 *         lists with one number per step size: `losses` L(θ − η d), `distances` ‖g − g′‖₂ and
 *         `cosines` of g and g′ = ∇L(θ − η d);
 *         over the step sizes: `lossMin`, `lossMax`, `distanceMin`, `distanceMax`,
 *         `smoothness` max ‖g − g′‖ / (η ‖d‖), the effective β,
 *         `lipschitz` max |L(θ − η d) − L(θ)| / (η ‖d‖);
 *         `lost`, at how many step sizes loss or gradient are not finite. These count as the largest
 *         double in the lists and not at all in the extremes.
 * Unit:   per value, see `unit`; a distance in parameter space is one of all parameters together.
 * Numerics: loss and gradients f32 as in training, norms and distances float64.
 * Errors: OptionError for step sizes that are not above 0, or counts that do not fit.
 * Source: Santurkar et al. 2018, arXiv:1805.11604, section 3.1, figure 4, appendix A.2.2. That it is
 *         the same batch and the descent direction is our reading of it.
 */
export function lossLandscape(options: LossLandscapeOptions): Probe {
  const { name, stepSizes, every, direction = "gradient" } = options;
  checkStepSizes(stepSizes);
  const along = direction === "gradient" ? "the gradient" : "a random direction as long as it";
  return Object.freeze({
    name,
    unit: "loss…: unit of the loss; gradientNorm, distance…: loss per unit of parameters; smoothness: loss per unit² of parameters; lipschitz: loss per unit of parameters; cosines: 1; lost: step sizes",
    every: checkEvery(every, "lossLandscape"),
    mode: `at θ − η · d, d ${along}; ${modeText(options)}`,
    async prepare(site) {
      const surface = await lossSurface(site, options);
      const { size } = surface.space;
      const room = { gradient: new Float64Array(size), there: new Float64Array(size) };
      return (step) => observe(surface, options, { ...room, step });
    },
  } satisfies Probe);
}

/** Vectors to work in, and the updates done so far. */
interface Room {
  readonly gradient: Float64Array;
  readonly there: Float64Array;
  readonly step: number;
}

function observe(
  surface: Surface,
  { stepSizes, direction = "gradient" }: LossLandscapeOptions,
  { gradient, there, step }: Room,
): ProbeValues {
  const loss = surface.at(step, gradient);
  const norm = Math.sqrt(dot(gradient, gradient));
  const along =
    direction === "gradient"
      ? gradient
      : gaussianVector(gradient.length, streamKey(direction.seed, "probe/direction", step), norm);
  const seen = stepSizes.map((length) => {
    const moved = surface.at(step, there, { direction: along, length });
    const { distance, cosine } = compareGradients(gradient, there);
    const way = length * norm;
    const finite = Number.isFinite(moved) && Number.isFinite(distance) && !Number.isNaN(cosine);
    return {
      loss: finiteOr(moved),
      distance: finiteOr(distance),
      cosine: Number.isNaN(cosine) ? 0 : cosine,
      smoothness: way === 0 ? 0 : distance / way,
      lipschitz: way === 0 ? 0 : Math.abs(moved - loss) / way,
      finite,
    };
  });
  const found = seen.filter(({ finite }) => finite);
  const losses = finiteRange(found.map((one) => one.loss));
  const distances = finiteRange(found.map((one) => one.distance));
  return {
    loss: finiteOr(loss),
    gradientNorm: finiteOr(norm),
    losses: seen.map((one) => one.loss),
    distances: seen.map((one) => one.distance),
    cosines: seen.map((one) => one.cosine),
    lossMin: losses.min,
    lossMax: losses.max,
    distanceMin: distances.min,
    distanceMax: distances.max,
    smoothness: finiteRange(found.map((one) => one.smoothness)).max,
    lipschitz: finiteRange(found.map((one) => one.lipschitz)).max,
    lost: seen.length - found.length,
  };
}

function checkStepSizes(stepSizes: readonly number[]): void {
  const wrong = stepSizes.find((length) => !(Number.isFinite(length) && length > 0));
  if (stepSizes.length > 0 && wrong === undefined) return;
  throw new OptionError(
    `lossLandscape: stepSizes must be one or more numbers above 0, got ${wrong ?? "none"}`,
  );
}

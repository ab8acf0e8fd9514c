import { OptionError } from "../base/errors.ts";
import { topologicalOrder } from "../graph/value.ts";
import { checkEvery } from "./batches.ts";
import { compareGradients } from "./compare-gradients.ts";
import { finiteOr } from "./finite.ts";
import { observationAt } from "./layer-input.ts";
import { modeText } from "./mode-text.ts";
import type { ParameterSpan } from "./parameter-space.ts";
import type { Probe, ProbeValues } from "./probe.ts";
import { lossSurface, type Surface, type SurfaceOptions } from "./surface.ts";

export interface CovariateShiftOptions extends SurfaceOptions {
  readonly name: string;
  /** Paths of the layers whose gradients are compared, such as `["12", "27"]`. */
  readonly layers: readonly string[];
  /** Of the update that the layers below take: plain gradient descent on the same batch. */
  readonly learningRate: number;
  /**
   * What a layer's gradient is of: all its parameters, or those called `weight`; defaults to *"all"*.
   */
  readonly parameters?: "all" | "weight";
  /** Steps between observations. */
  readonly every: number;
}

/**
 * Internal covariate shift: how much the gradient of a layer changes because the layers below it
 * are updated. G = ∇L with respect to the layer's parameters before, G′ after the parameters that
 * the layer's input depends on, and no others, took the step θ − learningRate · ∇L(θ); the batch is
 * the same. Momentum and weight decay of the training are not part of that step.
 *
 * Values: lists with one number per layer, in the order given: `distance` ‖G − G′‖₂ (without shift
 *         0), `cosine` of G and G′ (without shift 1), `relative` ‖G − G′‖ / ‖G‖, `gradientNorm` ‖G‖₂.
 * Unit:   per value, see `unit`.
 * Numerics: gradients f32 as in training, comparisons float64; what is not finite is the largest
 *         double, a cosine that is none 0.
 * Cost:   1 + number of layers passes forward and backward.
 * Errors: OptionError for a layer that is not there, without such parameters or with none below it.
 * Source: Santurkar et al. 2018, arXiv:1805.11604, definition 2.1 and figure 3.
 */
export function covariateShift(options: CovariateShiftOptions): Probe {
  const { name, layers, learningRate, every, parameters = "all" } = options;
  if (layers.length === 0) {
    throw new OptionError("covariateShift: layers must name one or more, got none");
  }
  if (!(Number.isFinite(learningRate) && learningRate > 0)) {
    throw new OptionError(`covariateShift: learningRate must be above 0, got ${learningRate}`);
  }
  const whose = parameters === "all" ? "all parameters" : "the weight";
  return Object.freeze({
    name,
    unit: "distance, gradientNorm: loss per unit of parameters; cosine, relative: 1",
    every: checkEvery(every, "covariateShift"),
    mode: `gradient of ${whose} of a layer before and after one step of gradient descent (learning rate ${learningRate}) of the layers below it; ${modeText(options)}`,
    async prepare(site) {
      const surface = await lossSurface(site, options);
      const sides = layers.map((layer) => sidesOf(surface, layer, parameters));
      return (step) => observe(surface, sides, { step, learningRate });
    },
  } satisfies Probe);
}

interface Sides {
  /** The layer's own parameters. */
  readonly own: readonly ParameterSpan[];
  /** The learning rate's factor for each parameter: 1 below the layer, else 0. */
  readonly moves: readonly number[];
}

function observe(
  surface: Surface,
  sides: readonly Sides[],
  { step, learningRate }: { readonly step: number; readonly learningRate: number },
): ProbeValues {
  const before = new Float64Array(surface.space.size);
  const after = new Float64Array(surface.space.size);
  surface.at(step, before);
  const gaps = sides.map(({ own, moves }) => {
    const length = moves.map((factor) => factor * learningRate);
    surface.at(step, after, { direction: before, length });
    return compareGradients(ownPart(before, own), ownPart(after, own));
  });
  return {
    distance: gaps.map(({ distance }) => finiteOr(distance)),
    cosine: gaps.map(({ cosine }) => (Number.isNaN(cosine) ? 0 : cosine)),
    relative: gaps.map(({ distance, norm }) => (norm === 0 ? 0 : finiteOr(distance / norm))),
    gradientNorm: gaps.map(({ norm }) => finiteOr(norm)),
  };
}

function ownPart(vector: Float64Array, own: readonly ParameterSpan[]): Float64Array {
  const part = new Float64Array(own.reduce((size, { from, to }) => size + to - from, 0));
  let at = 0;
  for (const { from, to } of own) {
    part.set(vector.subarray(from, to), at);
    at += to - from;
  }
  return part;
}

/** A layer's parameters, and those below it: whatever its input is computed from. */
function sidesOf({ space, trace }: Surface, layer: string, parameters: "all" | "weight"): Sides {
  const { input } = observationAt(trace, layer, "covariateShift");
  const reached = new Set(topologicalOrder([input]));
  // A layer applied twice is not below its own second application.
  const inside = `${layer.replace(/#\d+$/, "")}.`;
  const below = new Set(
    trace.parameters
      .filter(({ path, value }) => reached.has(value) && !path.startsWith(inside))
      .map(({ path }) => path),
  );
  const own = space.spans.filter(
    ({ path }) => path.startsWith(inside) && (parameters === "all" || path.endsWith(".weight")),
  );
  if (own.length === 0) {
    throw new OptionError(`covariateShift: layer must have parameters, got "${layer}" with none`);
  }
  if (below.size === 0) {
    throw new OptionError(
      `covariateShift: layer must have layers with parameters below it, got "${layer}"`,
    );
  }
  return { own, moves: space.spans.map(({ path }) => (below.has(path) ? 1 : 0)) };
}

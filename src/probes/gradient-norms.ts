import { OptionError } from "../base/errors.ts";
import { checkEvery } from "./batches.ts";
import { finiteOr } from "./finite.ts";
import { modeText } from "./mode-text.ts";
import { dot, readParameters, type ParameterSpan } from "./parameter-space.ts";
import type { Probe, ProbeValues } from "./probe.ts";
import { lossSurface, type SurfaceOptions } from "./surface.ts";

export interface GradientNormsOptions extends SurfaceOptions {
  readonly name: string;
  /** Of plain gradient descent, for the ratio; a number or a function of the updates done so far. */
  readonly learningRate: number | ((step: number) => number);
  /** A number for each parameter, or one for all parameters of a layer; defaults to *"parameter"*. */
  readonly per?: "parameter" | "layer";
  /** Steps between observations. */
  readonly every: number;
}

/**
 * How large gradients, parameters and updates are, per parameter or per layer.
 *
 * Values: `gradient/<path>` ‖g‖₂, `weight/<path>` ‖w‖₂, `ratio/<path>` learningRate · ‖g‖ / ‖w‖,
 *         the relative size of plain gradient descent's update (0 if the gradient is 0, the largest
 *         double if only the weight is); `gradient` ‖g‖₂ of all parameters together.
 * Unit:   per value, see `unit`.
 * Numerics: gradients f32 as in training, norms float64.
 * Errors: OptionError for a negative learning rate, or counts that do not fit.
 */
export function gradientNorms(options: GradientNormsOptions): Probe {
  const { name, every, learningRate, per = "parameter" } = options;
  if (per !== "parameter" && per !== "layer") {
    throw new OptionError(
      `gradientNorms: per must be "parameter" or "layer", got ${JSON.stringify(per)}`,
    );
  }
  const rateAt = typeof learningRate === "number" ? () => learningRate : learningRate;
  checkRate(rateAt(0));
  return Object.freeze({
    name,
    unit: "gradient: loss per unit of parameters; weight: unit of parameters; ratio: 1",
    every: checkEvery(every, "gradientNorms"),
    mode: modeText(options),
    async prepare(site) {
      const surface = await lossSurface(site, options);
      const { space } = surface;
      const groups = Map.groupBy(space.spans, ({ path }) =>
        per === "layer" ? layerOf(path) : path,
      );
      const gradient = new Float64Array(space.size);
      const weights = new Float64Array(space.size);
      return (step) => {
        surface.at(step, gradient);
        readParameters(space, site.session, weights);
        const rate = checkRate(rateAt(step));
        const entries = [...groups].flatMap(([path, spans]) => {
          const [ofGradient, ofWeight] = [normOver(gradient, spans), normOver(weights, spans)];
          const ratio = ofGradient === 0 ? 0 : (rate * ofGradient) / ofWeight;
          return [
            [`gradient/${path}`, finiteOr(ofGradient)],
            [`weight/${path}`, finiteOr(ofWeight)],
            [`ratio/${path}`, finiteOr(ratio)],
          ] as const;
        });
        const total = finiteOr(normOver(gradient, space.spans));
        return { gradient: total, ...Object.fromEntries(entries) } satisfies ProbeValues;
      };
    },
  } satisfies Probe);
}

function normOver(vector: Float64Array, spans: readonly ParameterSpan[]): number {
  return Math.sqrt(spans.reduce((total, span) => total + dot(vector, vector, span), 0));
}

/** The path of what holds a parameter: `3` of `3.weight`. */
function layerOf(path: string): string {
  const end = path.lastIndexOf(".");
  return end === -1 ? "" : path.slice(0, end);
}

function checkRate(rate: number): number {
  if (Number.isFinite(rate) && rate >= 0) return rate;
  throw new OptionError(`gradientNorms: learningRate must be at least 0, got ${rate}`);
}

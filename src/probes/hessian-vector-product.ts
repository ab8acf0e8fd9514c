import { OptionError } from "../base/errors.ts";
import { lossCurvature } from "./curvature.ts";
import type { ProbeSite } from "./probe.ts";
import type { SurfaceOptions } from "./surface.ts";

/** One array for each parameter, by path, dense and row-major. */
export type ParameterVector = ReadonlyMap<string, ArrayLike<number>>;

/**
 * Compiles the product of the loss's Hessian with a vector, H · v = ∇(∇L · v), and returns the
 * function that computes it at the parameters as they are, exactly and not by differences.
 *
 * Numerics: f32 as in training; several batches are averaged in float64.
 * Errors: OptionError for counts that do not fit, or a vector that is not one array of the right
 *         length for each parameter that the loss depends on.
 * Source: Pearlmutter 1994, "Fast exact multiplication by the Hessian".
 */
export async function hessianVectorProduct(
  site: ProbeSite,
  options: SurfaceOptions,
): Promise<(vector: ParameterVector, step?: number) => Map<string, Float64Array>> {
  const { space, multiply } = await lossCurvature(site, options);
  return (vector, step = 0) => {
    const flat = new Float64Array(space.size);
    for (const { path, from, to } of space.spans) {
      const part = vector.get(path);
      if (part?.length !== to - from) {
        throw new OptionError(
          `hessianVectorProduct: vector must have ${to - from} numbers for "${path}", got ${part?.length ?? "none"}`,
        );
      }
      flat.set(part, from);
    }
    const product = new Float64Array(space.size);
    multiply(step, flat, product);
    return new Map(space.spans.map(({ path, from, to }) => [path, product.slice(from, to)]));
  };
}

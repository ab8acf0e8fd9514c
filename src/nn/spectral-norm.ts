import { OptionError } from "../base/errors.ts";
import { sizeOf, type Shape } from "../base/shape.ts";
import type { RandomKey } from "../base/random.ts";
import { div } from "../graph/ops/div.ts";
import { greater } from "../graph/ops/less.ts";
import { matmul } from "../graph/ops/matmul.ts";
import { maximum } from "../graph/ops/maximum.ts";
import { mul } from "../graph/ops/mul.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { select } from "../graph/ops/select.ts";
import { sqrt } from "../graph/ops/sqrt.ts";
import { square } from "../graph/ops/square.ts";
import { stopGradient } from "../graph/ops/stop-gradient.ts";
import { sum } from "../graph/ops/sum.ts";
import type { Value } from "../graph/value.ts";
import { normal, zeros } from "./initializers.ts";
import {
  statistic,
  type Member,
  type Pass,
  type Statistic,
  type WeightedModule,
} from "./module.ts";

export interface SpectralNormOptions {
  /** Power iterations per training step; a positive integer, defaults to *1*. */
  readonly iterations?: number;
  /** Least length that a vector is divided by; defaults to *1e-12*. */
  readonly eps?: number;
}

export interface SpectralNorm extends WeightedModule {
  readonly inner: WeightedModule;
  /** The singular vector on the side of the outputs, u [out]. */
  readonly left: Statistic;
  /** The singular vector on the side of the inputs, v [incoming]; 0 until the first step. */
  readonly right: Statistic;
}

/**
 * Spectral normalization: the inner layer with W / σ in place of its weight W, σ = u · (W v) being
 * the largest singular value, found by power iteration.
 *
 * Shape:  the inner layer's; W [..., in, out] taken as a matrix of out × (all other axes).
 * Train:  v ← Wᵀu / ‖Wᵀu‖, u ← Wv / ‖Wv‖, `iterations` times, from where the last step ended;
 *         then both are stored. The gradient goes through σ with u and v held.
 * Eval:   the stored u and v; before the first training step, those after `iterations` from a
 *         random u.
 * Errors: OptionError unless iterations is a positive integer and eps is positive.
 * Source: Miyato et al. 2018, arXiv:1802.05957, Algorithm 1.
 */
export function spectralNorm(
  inner: WeightedModule,
  { iterations = 1, eps = 1e-12 }: SpectralNormOptions = {},
): SpectralNorm {
  const label = `spectralNorm(${inner.label})`;
  if (!Number.isSafeInteger(iterations) || iterations < 1) {
    throw new OptionError(`${label}: iterations must be a positive integer, got ${iterations}`);
  }
  if (!(eps > 0 && eps < Infinity)) {
    throw new OptionError(`${label}: eps must be positive, got ${eps}`);
  }
  const { weight, bias } = inner;
  const outputs = weight.shape.at(-1)!;
  const incoming = sizeOf(weight.shape) / outputs;
  const left = statistic([outputs], unitVector);
  const right = statistic([incoming], zeros);

  /** u [1, out] and v [1, incoming] as they are used in this pass. */
  function vectors(matrix: Value, pass: Pass): { readonly u: Value; readonly v: Value } {
    const stored = { u: reshape(pass.read(left), [1, outputs]), v: pass.read(right) };
    let { u } = stored;
    let v = reshape(stored.v, [1, incoming]);
    for (let i = 0; i < iterations; i++) {
      v = normalized(matmul(u, matrix, { transposeY: true }), eps);
      u = normalized(matmul(v, matrix), eps);
    }
    if (pass.phase === "train") {
      pass.update(left, reshape(u, [outputs]));
      pass.update(right, reshape(v, [incoming]));
      return { u, v };
    }
    const trained = greater(sum(square(stored.v)), 0);
    return {
      u: select(trained, stored.u, u),
      v: select(trained, reshape(stored.v, [1, incoming]), v),
    };
  }

  function apply(x: Value, pass: Pass): Value {
    const w = pass.read(weight);
    const matrix = reshape(w, [incoming, outputs]);
    const { u, v } = vectors(stopGradient(matrix), pass);
    const sigma = sum(mul(matmul(v, matrix), u));
    return pass.apply(inner, x, new Map([[weight, div(w, sigma)]]));
  }

  /** By the stored vectors, as in phase `eval`; they must be those of a training step. */
  function testWeight(valueOf: (member: Member) => ArrayLike<number>): Float64Array {
    const w = Float64Array.from(valueOf(weight));
    const [u, v] = [valueOf(left), valueOf(right)];
    const sigma = w.reduce(
      (total, value, i) => total + value * u[i % outputs]! * v[Math.floor(i / outputs)]!,
      0,
    );
    if (sigma !== 0) return w.map((value) => value / sigma);
    throw new OptionError(`${label}: folding needs the vectors of a training step, got none`);
  }
  return Object.freeze({ label, weight, bias, left, right, inner, apply, testWeight });
}

function normalized(vector: Value, eps: number): Value {
  return div(vector, maximum(sqrt(sum(square(vector))), eps));
}

/** A random direction. */
function unitVector(shape: Shape, key: RandomKey): Float32Array {
  const values = normal({ std: 1 })(shape, key);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

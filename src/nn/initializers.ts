/**
 * First values of parameters: pure functions of shape and key, computed in float64 and rounded.
 *
 * A weight [...window, in, out] has fanIn = |window| · in and fanOut = |window| · out: the number
 * of terms in each output, and of uses of each input.
 */
import { OptionError, ShapeError } from "../base/errors.ts";
import { randomBits, uniform as uniformAt } from "../base/random.ts";
import { showShape, sizeOf, type Shape } from "../base/shape.ts";
import type { Initializer } from "./module.ts";

export function constant(value: number): Initializer {
  checkFinite("constant", "value", value);
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

export const zeros: Initializer = constant(0);
export const ones: Initializer = constant(1);

/** Evenly distributed in [low, high]. */
export function uniform({
  low,
  high,
}: {
  readonly low: number;
  readonly high: number;
}): Initializer {
  checkFinite("uniform", "low", low);
  checkFinite("uniform", "high", high);
  if (low > high) {
    throw new OptionError(`uniform: low must be at most high, got ${low} and ${high}`);
  }
  return (shape, key) =>
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => low + (high - low) * uniformAt(i, key));
}

/**
 * Gaussian with the given mean (default 0) and standard deviation.
 *
 * Numerics: Box–Muller in float64, from two 32-bit draws per value; no |z| beyond 6.77.
 */
export function normal(options: { readonly std: number; readonly mean?: number }): Initializer {
  const { std, mean = 0 } = options;
  checkFinite("normal", "mean", mean);
  if (!(std >= 0 && std < Infinity)) {
    throw new OptionError(`normal: std must be finite and not negative, got ${std}`);
  }
  return (shape, key) =>
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
      const radius = Math.sqrt(-2 * Math.log((randomBits(2 * i, key) + 0.5) * 2 ** -32));
      const angle = 2 * Math.PI * randomBits(2 * i + 1, key) * 2 ** -32;
      return mean + std * radius * Math.cos(angle);
    });
}

/** Variance 2 / (fanIn + fanOut): keeps both activations and gradients. Source: Glorot & Bengio 2010. */
export const glorotUniform: Initializer = scaled(
  "glorotUniform",
  uniformOf,
  (fan) => 2 / (fan.in + fan.out),
);
export const glorotNormal: Initializer = scaled(
  "glorotNormal",
  normalOf,
  (fan) => 2 / (fan.in + fan.out),
);

/** Variance 2 / fanIn, for ReLU. Source: He et al. 2015, arXiv:1502.01852. */
export const heUniform: Initializer = scaled("heUniform", uniformOf, (fan) => 2 / fan.in);
export const heNormal: Initializer = scaled("heNormal", normalOf, (fan) => 2 / fan.in);

/** Variance 1 / fanIn. Source: LeCun et al. 1998, "Efficient BackProp", section 4.6. */
export const lecunUniform: Initializer = scaled("lecunUniform", uniformOf, (fan) => 1 / fan.in);
export const lecunNormal: Initializer = scaled("lecunNormal", normalOf, (fan) => 1 / fan.in);

interface Fan {
  readonly in: number;
  readonly out: number;
}

function scaled(
  who: string,
  distribution: (variance: number) => Initializer,
  variance: (fan: Fan) => number,
): Initializer {
  return (shape, key) => distribution(variance(fanOf(shape, who)))(shape, key);
}

function uniformOf(variance: number): Initializer {
  const bound = Math.sqrt(3 * variance);
  return uniform({ low: -bound, high: bound });
}

function normalOf(variance: number): Initializer {
  return normal({ std: Math.sqrt(variance) });
}

function fanOf(shape: Shape, who: string): Fan {
  if (shape.length < 2) {
    throw new ShapeError(`${who}: shape must be [...window, in, out], got ${showShape(shape)}`);
  }
  const window = sizeOf(shape.slice(0, -2));
  return { in: window * shape.at(-2)!, out: window * shape.at(-1)! };
}

function checkFinite(who: string, option: string, value: number): void {
  if (!Number.isFinite(value)) {
    throw new OptionError(`${who}: ${option} must be finite, got ${value}`);
  }
}

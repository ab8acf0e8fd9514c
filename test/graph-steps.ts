/**
 * The moves of the graph generator: each takes values of the pool and makes another, or declines.
 *
 * Values are kept numerically tame, so that f32 and float64 stay comparable: every entry carries a
 * bound on its magnitude, and whether f32 holds it exactly. What jumps (comparisons, argmax, floor)
 * or shares a gradient among ties (max) is applied to exact values only; there, both see the same.
 */
import { sizeOf, type Shape } from "../src/base/shape.ts";
import {
  abs,
  add,
  and,
  argmax,
  bernoulli,
  broadcastTo,
  cast,
  concat,
  constant,
  contract,
  conv2d,
  correctCount,
  crossEntropy,
  div,
  elu,
  erf,
  exp,
  flip,
  floor,
  gather,
  gelu,
  greaterEqual,
  iota,
  leakyRelu,
  less,
  log,
  logSoftmax,
  matmul,
  max,
  maxPool2d,
  maximum,
  mean,
  meanSquaredError,
  minimum,
  mul,
  neg,
  normal,
  not,
  oneHot,
  or,
  pad,
  power,
  powerMean,
  relu,
  reshape,
  rsqrt,
  select,
  sigmoid,
  silu,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  standardize,
  stopGradient,
  sub,
  sum,
  tanh,
  transpose,
  uniform,
  variance,
  windows,
  type Value,
} from "../src/graph/index.ts";
import { expm1 } from "../src/graph/ops/expm1.ts";
import { log1p } from "../src/graph/ops/log1p.ts";

export interface Entry {
  /** f32. */
  readonly value: Value;
  /** No element is larger in magnitude. */
  readonly bound: number;
  /** Is every element an f32, computed without rounding? */
  readonly exact: boolean;
}

/** Numbers that choose; any will do. */
export interface Step {
  readonly move: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export interface Pool {
  readonly entries: readonly Entry[];
  /** i32 [N], each in [0, classes). */
  readonly labels: Value;
  readonly classes: number;
  /** u32 [2]. */
  readonly key: Value;
}

type Move = (pool: Pool, step: Step) => Entry | null;

const MAX_BOUND = 8;
const MAX_SIZE = 3000;

const inexact = (value: Value, bound: number): Entry => ({ value, bound, exact: false });

function pick<T>(items: readonly T[], choice: number): T | null {
  return items[choice % Math.max(1, items.length)] ?? null;
}

/** A value within the bound: as it is, scaled, or squashed. */
function tame({ value, bound, exact }: Entry, choice: number): Entry {
  if (bound <= MAX_BOUND) return { value, bound, exact };
  return choice % 2 === 0
    ? inexact(tanh(value), 1)
    : inexact(mul(value, MAX_BOUND / bound), MAX_BOUND);
}

/** A move that takes one value. */
function unary(apply: (entry: Entry, step: Step) => Entry | null, exactOnly = false): Move {
  return ({ entries }, step) => {
    const entry = pick(exactOnly ? entries.filter(({ exact }) => exact) : entries, step.a);
    const result = entry === null ? null : apply(entry, step);
    return result === null ? null : tame(result, step.c);
  };
}

function broadcastable(a: Shape, b: Shape): boolean {
  return a.every((size, axis) => {
    const other = b[axis - a.length + b.length] ?? 1;
    return size === other || size === 1 || other === 1;
  });
}

/** A move that takes two values whose shapes broadcast. */
function binary(apply: (x: Entry, y: Entry) => Entry, exactOnly = false): Move {
  return ({ entries }, { a, b, c }) => {
    const allowed = exactOnly ? entries.filter(({ exact }) => exact) : entries;
    const x = pick(allowed, a);
    if (x === null) return null;
    const y = pick(
      allowed.filter(({ value }) => broadcastable(value.shape, x.value.shape)),
      b,
    );
    return y === null ? null : tame(apply(x, y), c);
  };
}

const positive = (x: Value): Value => add(square(x), 0.5);
const rows = (shape: Shape): number => shape.at(-1) ?? 0;
const axesFrom = (shape: Shape, choice: number): number[] =>
  shape.flatMap((_, axis) => ((choice >> axis) & 1 ? [axis] : []));

const pointwise: readonly Move[] = [
  binary((x, y) => inexact(add(x.value, y.value), x.bound + y.bound)),
  binary((x, y) => inexact(sub(x.value, y.value), x.bound + y.bound)),
  binary((x, y) => inexact(mul(x.value, y.value), x.bound * y.bound)),
  binary((x, y) => inexact(div(x.value, positive(y.value)), x.bound * 2)),
  binary((x, y) => {
    return { value: maximum(x.value, y.value), bound: Math.max(x.bound, y.bound), exact: true };
  }, true),
  binary((x, y) => {
    return { value: minimum(x.value, y.value), bound: Math.max(x.bound, y.bound), exact: true };
  }, true),
  binary((x, y) => {
    const outside = not(and(greaterEqual(x.value, -0.5), less(x.value, 1)));
    const condition = or(less(x.value, y.value), outside);
    return { value: select(condition, x.value, 0.25), bound: Math.max(x.bound, 1), exact: true };
  }, true),
  unary(({ value, bound, exact }) => ({ value: neg(value), bound, exact })),
  unary(({ value, bound }) => inexact(relu(value), bound)),
  unary(({ value, bound }) => inexact(leakyRelu(value, { slope: 0.1 }), bound)),
  unary(({ value, bound }) => inexact(elu(value, { alpha: 1 }), bound)),
  unary(({ value, bound }, { b }) =>
    inexact(gelu(value, { form: b % 2 === 0 ? "erf" : "tanh" }), bound),
  ),
  unary(({ value, bound }) => inexact(silu(value), bound)),
  unary(({ value, bound }) => inexact(softplus(value, { beta: 2 }), bound + 1)),
  unary(({ value }) => inexact(erf(value), 1)),
  unary(({ value }) => inexact(expm1(tanh(value)), 2)),
  unary(({ value, bound }) => inexact(log1p(square(value)), bound + 1)),
  unary(({ value, bound }) => inexact(power(positive(value), 1.5), (bound ** 2 + 1) ** 1.5)),
  unary(({ value, bound }) => ({ value: abs(value), bound, exact: true }), true),
  unary(
    ({ value, bound }) => ({ value: floor(mul(value, 2)), bound: 2 * bound + 1, exact: true }),
    true,
  ),
  unary(({ value }) => inexact(tanh(value), 1)),
  unary(({ value }) => inexact(sigmoid(value), 1)),
  unary(({ value, bound }) => inexact(square(value), bound ** 2)),
  unary(({ value }) => inexact(exp(tanh(value)), Math.E)),
  unary(({ value, bound }) => inexact(log(positive(value)), Math.log(bound ** 2 + 0.5) + 1)),
  unary(({ value, bound }) => inexact(sqrt(positive(value)), bound + 1)),
  unary(({ value }) => inexact(rsqrt(positive(value)), Math.SQRT2)),
  unary(({ value, bound, exact }) => ({ value: stopGradient(value), bound, exact })),
  unary(({ value, bound }, { b }) => inexact(mul(value, (b % 7) / 4 - 0.6), bound)),
];

/** Sliding windows over what can be seen as an image. */
const convolutions: readonly Move[] = [
  unary(({ value, bound, exact }, { b }) => {
    const axes = axesFrom(value.shape, b);
    return axes.length === 0 ? null : { value: flip(value, axes), bound, exact };
  }),
  unary(({ value, bound, exact }, { b }) => {
    const image = asImage(value);
    const [kernel, stride] = [pairOf(b, 2), pairOf(b >> 2, 2)];
    if (image === null || !kernelFits(image, kernel)) return null;
    return { value: windows(image, { kernel, stride, dilation: [1, 1] }), bound, exact };
  }),
  unary(({ value, bound }, { b }) => {
    const image = asImage(value);
    const [kernel, stride] = [pairOf(b, 2), pairOf(b >> 2, 2)];
    if (image === null || !kernelFits(image, kernel)) return null;
    const padding = [
      [0, 0],
      [0, 0],
    ] as const;
    return { value: maxPool2d(image, { kernel, stride, padding }), bound, exact: true };
  }, true),
  ({ entries }, { a, b, c }) => {
    const image = asImage(pick(entries, a)!.value);
    if (image === null) return null;
    const channels = image.shape[3]!;
    // Whatever is small and divides evenly makes a kernel of one cell.
    const weight = pick(
      entries.filter(
        ({ value: { shape } }) => sizeOf(shape) <= 64 && sizeOf(shape) % channels === 0,
      ),
      c,
    );
    if (weight === null) return null;
    const features = sizeOf(weight.value.shape) / channels;
    const kernel = reshape(weight.value, [1, 1, channels, features]);
    const bound = channels * MAX_BOUND * weight.bound;
    const edge = b % 2;
    const padding = [
      [edge, 0],
      [0, edge],
    ] as const;
    return tame(inexact(conv2d(image, kernel, { stride: pairOf(b, 2), padding }), bound), b);
  },
  ({ entries }, { a, b }) => {
    const x = pick(
      entries.filter(({ value }) => value.shape.length === 3),
      a,
    );
    const y = pick(
      entries.filter(({ value }) => x !== null && contracts(x.value.shape, value.shape)),
      b,
    );
    if (x === null || y === null) return null;
    const depth = y.value.shape.length - 1;
    const length = sizeOf(y.value.shape.slice(0, -1));
    return tame(inexact(contract(x.value, y.value, { depth }), length * x.bound * y.bound), b);
  },
];

/** A matrix or a stack of them as [N, H, W, C], with one channel. */
function asImage(value: Value): Value | null {
  const { shape } = value;
  if (shape.length === 4) return value;
  if (shape.length === 3) return reshape(value, [shape[0]!, shape[1]!, 1, shape[2]!]);
  return shape.length === 2 ? reshape(value, [1, shape[0]!, shape[1]!, 1]) : null;
}

function pairOf(choice: number, most: number): [number, number] {
  return [1 + (choice % most), 1 + ((choice >> 1) % most)];
}

function kernelFits(image: Value, [high, wide]: readonly [number, number]): boolean {
  return image.shape[1]! >= high && image.shape[2]! >= wide;
}

function contracts(x: Shape, y: Shape): boolean {
  const depth = y.length - 1;
  return (
    (depth === 1 || depth === 2) && y.slice(0, -1).every((size, i) => size === x[3 - depth + i])
  );
}

const reductions: readonly Move[] = [
  unary(({ value, bound }, { b, c }) => {
    const axes = axesFrom(value.shape, b);
    if (axes.length === 0) return null;
    return inexact(
      powerMean(positive(value), axes, { order: c % 2 === 0 ? 1.5 : 3 }),
      bound ** 2 + 1,
    );
  }),
  unary(({ value, bound }, { b, c }) => {
    const axes = axesFrom(value.shape, b);
    const count = axes.reduce((total, axis) => total * value.shape[axis]!, 1);
    return inexact(sum(value, axes, { keepAxes: c % 3 === 0 }), bound * count);
  }),
  unary(({ value, bound }, { b, c }) =>
    inexact(mean(value, axesFrom(value.shape, b), { keepAxes: c % 2 === 0 }), bound),
  ),
  unary(({ value, bound }, { b, c }) => {
    const result = max(value, axesFrom(value.shape, b), { keepAxes: c % 2 === 0 });
    return { value: result, bound, exact: true };
  }, true),
  unary(({ value, bound }, { b }) => {
    const axes = axesFrom(value.shape, b);
    return axes.length === 0 ? null : inexact(variance(value, axes), bound ** 2);
  }),
  unary(({ value }, { b, c }) => {
    const axes = axesFrom(value.shape, b);
    const count = axes.reduce((total, axis) => total * value.shape[axis]!, 1);
    // A large eps: a constant column's rounding errors are not blown up into different signs.
    return count < 2
      ? null
      : inexact(standardize(value, { axes, eps: c % 2 === 0 ? 0.1 : 0.5 }), MAX_BOUND);
  }),
  unary(({ value }) => (rows(value.shape) === 0 ? null : inexact(softmax(value), 1))),
  unary(({ value, bound }) =>
    rows(value.shape) === 0
      ? null
      : inexact(logSoftmax(value), 2 * bound + Math.log(rows(value.shape)) + 1),
  ),
  unary(({ value }) => {
    if (rows(value.shape) === 0) return null;
    return {
      value: mul(cast(argmax(value), "f32"), 2 ** -4),
      bound: rows(value.shape) / 16,
      exact: true,
    };
  }, true),
];

const views: readonly Move[] = [
  unary((entry, { b }) => {
    const { shape } = entry.value;
    const perm = shape.map((_, axis) => (axis + b) % shape.length);
    return { ...entry, value: transpose(entry.value, perm) };
  }),
  unary((entry, { b }) => {
    const { shape } = entry.value;
    const size = sizeOf(shape);
    const divisor = [1, 2, 3, 4, 5, 7].filter((d) => size % d === 0);
    const first = divisor[b % divisor.length]!;
    const to = [[first, size / first], [size], [1, ...shape], [...shape, 1]][b % 4]!;
    return { ...entry, value: reshape(entry.value, to) };
  }),
  unary((entry, { b, c }) => {
    const { shape } = entry.value;
    const start = shape.map((size, axis) => (b >> axis) % Math.max(1, size - 1));
    const end = shape.map((size, axis) => size - ((c >> axis) % (size - start[axis]!)));
    return { ...entry, value: slice(entry.value, { start, end }) };
  }),
  unary((entry, { b, c }) => {
    const { shape } = entry.value;
    const before = shape.map((_, axis) => (b >> axis) % 3);
    const after = shape.map((_, axis) => (c >> axis) % 2);
    return {
      ...entry,
      value: pad(entry.value, { before, after, value: b % 2 }),
      bound: Math.max(1, entry.bound),
    };
  }),
  unary((entry, { b }) => {
    const { shape } = entry.value;
    const to = shape.map((size) => (size === 1 ? 1 + (b % 5) : size));
    return { ...entry, value: broadcastTo(entry.value, [1 + (b % 3), ...to]) };
  }),
  ({ entries }, { a, b, c }) => {
    const x = pick(
      entries.filter(({ value }) => value.shape.length > 0),
      a,
    );
    if (x === null) return null;
    const axis = c % x.value.shape.length;
    const fits = entries.filter(
      ({ value: { shape } }) =>
        shape.length === x.value.shape.length &&
        shape.every((size, at) => at === axis || size === x.value.shape[at]),
    );
    const y = pick(fits, b)!;
    const exact = x.exact && y.exact;
    return { value: concat([x.value, y.value], axis), bound: Math.max(x.bound, y.bound), exact };
  },
];

const matrices: Move = ({ entries }, { a, b, c }) => {
  const [transposeX, transposeY] = [c % 2 === 1, (c >> 1) % 2 === 1];
  const ranked = entries.filter(({ value }) => value.shape.length === 2);
  const x = pick(ranked, a);
  if (x === null) return null;
  const inner = x.value.shape[transposeX ? 0 : 1]!;
  const y = pick(
    ranked.filter(({ value }) => value.shape[transposeY ? 1 : 0] === inner),
    b,
  );
  if (y === null) return null;
  const product = matmul(x.value, y.value, { transposeX, transposeY });
  return tame(inexact(product, x.bound * y.bound * inner), c >> 2);
};

const special: readonly Move[] = [
  binary((x, y) => {
    const target = broadcastTo(mean(y.value), x.value.shape);
    return inexact(meanSquaredError(x.value, target), (x.bound + y.bound) ** 2);
  }),
  ({ entries, labels, classes }, { a }) => {
    const table = pick(
      entries.filter(({ value: { shape } }) => shape.length === 2 && shape[0]! >= classes),
      a,
    );
    return table === null ? null : { ...table, value: gather(table.value, labels) };
  },
  ({ entries, labels, classes }, { a, b }) => {
    const fits = ({ value: { shape } }: Entry): boolean =>
      shape.length === 2 && shape[0] === labels.shape[0] && shape[1]! >= classes;
    const logits = pick(
      entries.filter((entry) => fits(entry) && (b % 4 !== 0 || entry.exact)),
      a,
    );
    if (logits === null) return null;
    if (b % 4 === 0) {
      const share = mul(correctCount(logits.value, labels), 2 ** -6);
      return { value: share, bound: 1, exact: true };
    }
    return tame(inexact(crossEntropy(logits.value, labels), 2 * logits.bound + 4), b);
  },
  ({ labels, classes }) => ({ value: oneHot(labels, classes), bound: 1, exact: true }),
  ({ entries, key }, { a, b }) => {
    const entry = pick(entries, a)!;
    const { shape } = entry.value;
    const noise = [uniform(key, shape), bernoulli(key, shape, { keep: 0.6 })][b % 3];
    if (noise === undefined) return inexact(normal(key, shape), 5.5);
    return b % 2 === 0
      ? { value: noise, bound: 1, exact: true }
      : inexact(mul(entry.value, noise), entry.bound);
  },
  ({ entries }, { a, b }) => {
    const { shape } = pick(entries, a)!.value;
    if (shape.length === 0) return { value: constant(0.75), bound: 1, exact: true };
    const index = cast(iota(shape, b % shape.length), "f32");
    return { value: mul(index, 2 ** -6), bound: Math.max(...shape) / 64, exact: true };
  },
];

/** Products are what programs are made of, so they come up more often. */
const MOVES: readonly Move[] = [
  ...pointwise,
  ...convolutions,
  ...reductions,
  ...views,
  ...special,
  ...new Array<Move>(5).fill(matrices),
];

/** The pool with one more entry, unless the step found nothing to work on. */
export function takeStep(pool: Pool, step: Step): Pool {
  const entry = MOVES[step.move % MOVES.length]!(pool, step);
  if (entry === null || sizeOf(entry.value.shape) > MAX_SIZE) return pool;
  return { ...pool, entries: [...pool.entries, entry] };
}

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
  correctCount,
  crossEntropy,
  div,
  elu,
  erf,
  exp,
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
  type Value,
} from "../src/graph/index.ts";
import {
  axesFrom,
  inexact,
  MAX_BOUND,
  pick,
  tame,
  unary,
  type Entry,
  type Move,
  type Pool,
  type Step,
} from "./graph-moves.ts";
import { windowMoves } from "./window-moves.ts";
import { expm1 } from "../src/graph/ops/expm1.ts";
import { log1p } from "../src/graph/ops/log1p.ts";

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

const MAX_SIZE = 3000;

/** Products are what programs are made of, so they come up more often. */
const MOVES: readonly Move[] = [
  ...pointwise,
  ...windowMoves,
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

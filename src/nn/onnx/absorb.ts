import { add } from "../../graph/ops/add.ts";
import { broadcastOp, broadcastTo, sumOp } from "../../graph/ops/broadcast.ts";
import { concat, concatOp } from "../../graph/ops/concat.ts";
import { constant, constantOp } from "../../graph/ops/constant.ts";
import { conv2dOp } from "../../graph/ops/conv2d.ts";
import { div } from "../../graph/ops/div.ts";
import { matmulOp } from "../../graph/ops/matmul.ts";
import { mul, mulOp } from "../../graph/ops/mul.ts";
import { neg } from "../../graph/ops/neg.ts";
import { reshape, reshapeOp } from "../../graph/ops/reshape.ts";
import { slice } from "../../graph/ops/slice.ts";
import type { ReduceAttrs } from "../../graph/ops/reduction.ts";
import { windowsOp } from "../../graph/ops/windows.ts";
import { attrsOf, isOp, topologicalOrder, type Value } from "../../graph/value.ts";
import { withInputs } from "../../graph/rewrite.ts";

/** factor · base + offset, one number of each per channel; null: 1 and 0. */
interface Affine {
  readonly base: Value;
  readonly factor: Value | null;
  readonly offset: Value | null;
  /** Is nothing else computed from the base? Then a factor can go into its weights. */
  readonly sole: boolean;
  /** The value of the given graph that the base is. */
  readonly origin: Value;
}

/**
 * The same value with factors and offsets per channel taken into the weights and the bias of the
 * convolution or matrix product before them: normalization by stored statistics disappears. Where
 * no such op precedes them they stay as they are. `made` is told which value of the given graph
 * each new one is for.
 *
 * Source: Ioffe & Szegedy 2015, arXiv:1502.03167, Algorithm 2, step 11.
 */
export function absorb(
  output: Value,
  varies: (value: Value) => boolean,
  made: (value: Value, origin: Value) => void,
): Value {
  const order = topologicalOrder([output]);
  const uses = countUses(order, output);
  const forms = new Map<Value, Affine>();
  const settled = new Map<Value, Value>();
  const told = new Set<Value>();

  function tell(value: Value, origin: Value): void {
    for (const part of topologicalOrder([value], told)) {
      told.add(part);
      made(part, origin);
    }
  }

  function settle(value: Value): Value {
    const known = settled.get(value);
    if (known !== undefined) return known;
    const result = varies(value) ? built(value) : value;
    settled.set(value, result);
    tell(result, value);
    return result;
  }

  function built(value: Value): Value {
    const { base, factor, offset, sole, origin } = forms.get(value)!;
    if (origin === value) return base;
    const inside = sole ? scaleWeights(base, factor) : null;
    if (inside === null) return withInputs(value, value.inputs.map(settle));
    tell(inside, origin);
    return offset === null ? inside : add(inside, offset);
  }

  /** What a value is made of: itself, if others need it too. */
  function formOf(value: Value): Affine {
    if (uses.get(value) === 1) return forms.get(value)!;
    return { base: settle(value), factor: null, offset: null, sole: false, origin: value };
  }

  for (const value of order.filter(varies)) {
    const base = (): Value => withInputs(value, value.inputs.map(settle));
    const itself = { factor: null, offset: null, sole: true, origin: value };
    forms.set(value, moved(value, varies, formOf) ?? { ...itself, base: base() });
  }
  return settle(output);
}

function countUses(order: readonly Value[], output: Value): Map<Value, number> {
  const uses = new Map<Value, number>([[output, 1]]);
  for (const { inputs } of order) {
    for (const operand of inputs) uses.set(operand, (uses.get(operand) ?? 0) + 1);
  }
  return uses;
}

const ARITHMETIC: ReadonlySet<string> = new Set(["add", "sub", "mul", "div"]);

/** A value that is another one scaled, shifted or under another shape; null if it is not. */
function moved(
  value: Value,
  varies: (value: Value) => boolean,
  formOf: (value: Value) => Affine,
): Affine | null {
  const width = value.shape.at(-1);
  if (width === undefined) return null;
  const [x, y] = value.inputs as [Value, Value | undefined];
  if (isOp(value, reshapeOp)) {
    if (x.shape.at(-1) !== width) return null;
    const form = formOf(x);
    const under = isOp(form.base, reshapeOp) ? form.base.inputs[0]! : form.base;
    return { ...form, base: reshape(under, value.shape) };
  }
  if (!ARITHMETIC.has(value.op.name) || y === undefined || varies(x) === varies(y)) return null;
  const [inner, other] = varies(x) ? [x, y] : [y, x];
  const number = perChannel(other, width);
  if (number === null) return null;
  const form = formOf(inner);
  if (value.op.name === "add") return shifted(form, number);
  if (value.op.name === "mul") return scaled(form, number);
  if (value.op.name === "div") return inner === x ? scaled(form, div(1, number)) : null;
  return inner === x
    ? shifted(form, neg(number))
    : shifted(scaled(form, constant(-1, [width])), number);
}

function shifted(form: Affine, offset: Value): Affine {
  return { ...form, offset: form.offset === null ? offset : add(form.offset, offset) };
}

function scaled({ factor, offset, ...rest }: Affine, by: Value): Affine {
  return {
    ...rest,
    factor: factor === null ? by : mul(factor, by),
    offset: offset === null ? null : mul(offset, by),
  };
}

/** A known operand as one number per channel, [C]; null if it differs elsewhere too. */
function perChannel(value: Value, width: number): Value | null {
  if (isOp(value, constantOp)) {
    const { value: number, dtype } = attrsOf(value, constantOp);
    return dtype === "f32" ? constant(number, [width]) : null;
  }
  const source = isOp(value, broadcastOp) ? value.inputs[0]! : value;
  if (source.dtype !== "f32" || source.shape.slice(0, -1).some((size) => size !== 1)) return null;
  const last = source.shape.at(-1) ?? 1;
  return broadcastTo(reshape(source, [last]), [width]);
}

/** A linear op with its outputs scaled by scaling its weights; null for any other op. */
function scaleWeights(base: Value, factor: Value | null): Value | null {
  const [x, weight] = base.inputs as [Value, Value];
  if (isOp(base, reshapeOp)) {
    const inner = x.shape.at(-1) === base.shape.at(-1) ? scaleWeights(x, factor) : null;
    return inner === null ? null : reshape(inner, base.shape);
  }
  if (isOp(base, conv2dOp) || isOp(base, matmulOp)) {
    if (isOp(base, matmulOp) && attrsOf(base, matmulOp).transposeY) return null;
    return factor === null ? base : withInputs(base, [x, mul(weight, factor)]);
  }
  if (isOp(base, concatOp)) return scaleParts(base, factor);
  return isOp(base, sumOp) ? scaleDepthwise(base, factor) : null;
}

/** Groups of a convolution. */
function scaleParts(base: Value, factor: Value | null): Value | null {
  const { axis } = attrsOf(base, concatOp);
  const groups = base.inputs.every((part) => isOp(part, conv2dOp));
  if (!groups || axis !== base.shape.length - 1) return null;
  if (factor === null) return base;
  let from = 0;
  const parts = base.inputs.map((part) => {
    const end = from + part.shape.at(-1)!;
    const [x, weight] = part.inputs as [Value, Value];
    const own = slice(factor, { start: [from], end: [end] });
    from = end;
    return withInputs(part, [x, mul(weight, own)]);
  });
  return concat(parts, axis);
}

/** Σ over windows of windows · kernel, as a depthwise convolution is written. */
function scaleDepthwise(base: Value, factor: Value | null): Value | null {
  const product = base.inputs[0]!;
  const { axes } = base.attrs as unknown as ReduceAttrs;
  if (!isOp(product, mulOp) || axes.join() !== "3,4") return null;
  const [seen, repeated] = product.inputs as [Value, Value];
  if (!isOp(seen, windowsOp) || !isOp(repeated, broadcastOp)) return null;
  if (factor === null) return base;
  const kernel = broadcastTo(mul(repeated.inputs[0]!, factor), product.shape);
  return withInputs(base, [withInputs(product, [seen, kernel])]);
}

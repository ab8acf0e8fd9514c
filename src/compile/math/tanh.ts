import {
  add,
  binary,
  div,
  f32,
  fma,
  i32,
  mul,
  sub,
  unary,
  type KernelBuilder,
} from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";
import { powerOfTwo, roundToInteger } from "./split-exponent.ts";

export function tanhLanes(k: KernelBuilder, x: Expr): Expr {
  const { lanes } = typeOf(x);
  const constant = (value: number): Expr => f32(value, lanes);
  const one = constant(1);
  const size = k.let(binary("f32.pmin", unary("f32.abs", x), constant(9.5)), "size");
  const magic = constant(roundToInteger + 127);
  const shifted = k.let(fma(size, constant(2 * Math.LOG2E), magic), "shifted");
  const w = k.let(fma(sub(shifted, magic), constant(-Math.LN2 / 2), size), "w");
  const square = k.let(mul(w, w), "square");
  const series = fma(square, constant(0.13110621), constant(-0.33331272));
  const t = k.let(fma(w, mul(series, square), w), "t");
  const scale = k.let(powerOfTwo(shifted), "scale");
  const less = k.let(sub(scale, one), "less");
  const more = k.let(add(scale, one), "more");
  const result = div(fma(more, t, less), fma(less, t, more));
  const sign = binary("i32.and", unary("i32.bits", x), i32(-(2 ** 31), lanes));
  return unary("f32.bits", binary("i32.or", unary("i32.bits", result), sign));
}

import {
  add,
  binary,
  div,
  f32,
  fma,
  i32,
  mul,
  select,
  sub,
  unary,
  type KernelBuilder,
} from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";

const sqrtHalfBits = 0x3f3504f3;

export function logLanes(k: KernelBuilder, x: Expr): Expr {
  const { lanes } = typeOf(x);
  const constant = (value: number): Expr => f32(value, lanes);
  const small = k.let(binary("f32.lt", x, constant(2 ** -126)), "small");
  const normal = select(small, mul(x, constant(2 ** 23)), x);
  const bits = k.let(unary("i32.bits", normal), "bits");
  const above = binary("i32.sub", bits, i32(sqrtHalfBits, lanes));
  const exponent = k.let(binary("i32.and", above, i32(-(2 ** 23), lanes)), "exponent");
  const mantissa = unary("f32.bits", binary("i32.sub", bits, exponent));
  const f = k.let(sub(mantissa, constant(1)), "f");
  const s = k.let(div(f, add(f, constant(2))), "s");
  const square = k.let(mul(s, s), "square");
  const series = fma(
    square,
    fma(square, constant(0.29870695), constant(0.39977586)),
    constant(0.66666776),
  );
  const ofMantissa = fma(s, sub(mul(series, square), f), f);
  const e = fma(
    unary("f32.from-mask", small),
    constant(-23 * 2 ** 23),
    unary("f32.from-i32", exponent),
  );
  const finite = fma(e, constant(Math.LN2 * 2 ** -23), ofMantissa);
  const special = sub(unary("f32.sqrt", x), constant(Infinity));
  return select(
    binary("f32.lt", x, constant(Infinity)),
    select(binary("f32.lt", constant(0), x), finite, special),
    x,
  );
}

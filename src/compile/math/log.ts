import { add, binary, div, f32, fma, i32, mul, select, sub, unary } from "../../loops/builder.ts";
import type { KernelBuilder } from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";

const sqrtHalfBits = 0x3f3504f3;
const signAndExponent = -(2 ** 23);
/** Subnormals are first multiplied by 2²³, which makes them normal. */
const lift = 23;

/**
 * log((1 + s) / (1 − s)) − 2s ≈ s · z · (c₃ + c₅ · z + c₇ · z²), z = s², for (1 + s) / (1 − s) in
 * [√½, √2]; error 8.1e-10 relative to the logarithm. Coefficients: fixtures/elementary-functions.py.
 */
const c3 = 0.66666776;
const c5 = 0.39977586;
const c7 = 0.29870695;

/**
 * The natural logarithm; 25 operations.
 *
 * With x = 2ᵉ · (1 + f), 1 + f in [√½, √2), s = f / (2 + f) and R = z · (c₃ + …):
 * log(x) = e · ln 2 + f − s · (f − R). The f by itself is exact, which keeps log accurate around 1.
 *
 * Numerics: log(±0) = −Inf, log(x < 0) = NaN, log(+Inf) = +Inf, log(1) = +0, NaN gives NaN;
 *           subnormal x are as good as others. One f32 of ln 2 is enough: its error is 2.7e-9.
 * Error:    ≤ 0.96 ulp with FMA, ≤ 1.07 without: all 2³² floats as WebAssembly against
 *           Math.log in f64 (`npm run test:math`).
 */
export function logLanes(k: KernelBuilder, argument: Expr): Expr {
  const x = k.let(argument, "x");
  const { lanes } = typeOf(x);
  const constant = (value: number): Expr => f32(value, lanes);
  const tiny = k.let(binary("f32.lt", x, constant(2 ** -126)), "tiny");
  const bits = k.let(unary("i32.bits", select(tiny, mul(x, constant(2 ** lift)), x)), "bits");
  // e · 2²³, as an integer and then as a float: ln 2 makes up for the factor.
  const above = binary("i32.sub", bits, i32(sqrtHalfBits, lanes));
  const exponent = k.let(binary("i32.and", above, i32(signAndExponent, lanes)), "exponent");
  const lifted = constant(-lift * 2 ** 23);
  const e = fma(unary("f32.from-mask", tiny), lifted, unary("f32.from-i32", exponent));
  const f = k.let(sub(unary("f32.bits", binary("i32.sub", bits, exponent)), constant(1)), "f");
  const s = k.let(div(f, add(f, constant(2))), "s");
  const square = k.let(mul(s, s), "square");
  const series = fma(square, fma(square, constant(c7), constant(c5)), constant(c3));
  const ofMantissa = fma(s, sub(mul(series, square), f), f);
  const finite = fma(e, constant(Math.LN2 * 2 ** -23), ofMantissa);
  return withSpecialValues(x, finite);
}

/** √x − Inf is −Inf for ±0 and NaN for negative x and NaN; +Inf and NaN are their own logarithms. */
function withSpecialValues(x: Expr, finite: Expr): Expr {
  const { lanes } = typeOf(x);
  const infinity = f32(Infinity, lanes);
  const special = sub(unary("f32.sqrt", x), infinity);
  const ofFinite = select(binary("f32.lt", f32(0, lanes), x), finite, special);
  return select(binary("f32.lt", x, infinity), ofFinite, x);
}

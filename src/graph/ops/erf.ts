import { apply, type OpDefinition, type Value } from "../value.ts";
import { abs } from "./abs.ts";
import { add } from "./add.ts";
import { div } from "./div.ts";
import { exp } from "./exp.ts";
import { inferLike } from "./infer-like.ts";
import { less } from "./less.ts";
import { minimum } from "./minimum.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { polynomial } from "./polynomial.ts";
import { select } from "./select.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/** erf(x) / x as a polynomial in 2x² − 1, highest power first, for |x| < 1. */
const CENTRAL = [
  -2.0447481117482828e-10, 4.138778716473844e-9, -7.511485988358766e-8, 0.0000012233626160180267,
  -0.00001753716973862979, 0.0002175171632307876, -0.00228548556110692, 0.01985249668808491,
  -0.14053608902271786, 0.9654687386698853,
] as const;

/** e^(x²) · (1 − erf x) as a polynomial in (24t − 11) / 5, t = 2 / (2 + x), for x in [1, 6]. */
const TAIL = [
  2.4036325115150803e-9, -1.2781514054397341e-9, -6.980564861421016e-8, 1.6423409717986876e-7,
  0.000001979433584707492, -0.000007340889130273538, -0.00008079217422517, 0.00019713926354049044,
  0.005588816279265692, 0.0385605704178759, 0.16189356804106073, 0.22142954023003314,
] as const;

/** From here on erf is ±1 to the last digit of f64. */
const LAST = 6;

/**
 * erf(x) = 2 / √π · ∫₀ˣ e^(−t²) dt.
 *
 * Gradient: dx = 2 / √π · e^(−x²) · dy.
 * Numerics: error below 1e-13 in f64, relative to erf(x). Both polynomials interpolate at
 *           Chebyshev nodes, in variables that run over [−1, 1]; their terms shrink, so Horner's
 *           rule loses no digits in f32.
 */
export const erfOp: OpDefinition = {
  name: "erf",
  kind: "composite",
  infer: inferLike("erf"),
  meaning: ([x]) => {
    const size = minimum(abs(x!), LAST);
    const squared = square(size);
    const central = mul(polynomial(CENTRAL, sub(mul(squared, 2), 1)), x!);
    const t = div(48 / 5, add(size, 2));
    const tail = sub(1, mul(exp(neg(squared)), polynomial(TAIL, sub(t, 11 / 5))));
    return select(less(size, 1), central, select(less(x!, 0), neg(tail), tail));
  },
  gradient: ({ inputs: [x], grad }) => [
    mul(mul(grad, 2 / Math.sqrt(Math.PI)), exp(neg(square(x!)))),
  ],
};

export function erf(x: Value): Value {
  return apply(erfOp, [x], {});
}

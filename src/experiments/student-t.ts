import { OptionError } from "../base/errors.ts";

/**
 * P(T ≤ t) for Student's t with an integer number of degrees of freedom ν, by the finite sums
 * that exist for integers: with θ = arctan(t / √ν) and A = P(|T| ≤ t),
 *   ν = 1:      A = 2θ/π
 *   ν odd > 1:  A = (2/π)(θ + sin θ · (cos θ + 2/3 cos³ θ + … + (2·4…(ν−3))/(3·5…(ν−2)) cos^(ν−2) θ))
 *   ν even:     A = sin θ · (1 + 1/2 cos² θ + (1·3)/(2·4) cos⁴ θ + … + (1·3…(ν−3))/(2·4…(ν−2)) cos^(ν−2) θ)
 *
 * Numerics: every term is positive, so nothing cancels; the tail 1 − A loses digits below 1e-13.
 * Errors:   OptionError unless ν is a positive integer.
 * Source:   Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
 */
export function studentTCdf(t: number, degrees: number): number {
  checkDegrees(degrees, "studentTCdf");
  const theta = Math.atan(t / Math.sqrt(degrees));
  const squaredCosine = 1 / (1 + (t * t) / degrees);
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(theta) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let i = odd ? 2 : 1; i <= degrees - 3; i += 2) {
    term *= (i / (i + 1)) * squaredCosine;
    sum += term;
  }
  const within = odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
  return 0.5 + 0.5 * within;
}

/**
 * The t with P(T ≤ t) = probability.
 *
 * Numerics: bisection to the last bit of the cumulative distribution, about 1e-12 relative in t
 *           for the probabilities intervals need.
 * Errors:   OptionError unless 0 < probability < 1 and ν is a positive integer.
 */
export function studentTQuantile(probability: number, degrees: number): number {
  checkDegrees(degrees, "studentTQuantile");
  if (!(probability > 0 && probability < 1)) {
    throw new OptionError(`studentTQuantile: probability must be in (0, 1), got ${probability}`);
  }
  if (probability === 0.5) return 0;
  if (probability < 0.5) return -studentTQuantile(1 - probability, degrees);
  let low = 0;
  let high = 1;
  while (studentTCdf(high, degrees) < probability && high < 1e300) high *= 2;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) return middle;
    if (studentTCdf(middle, degrees) < probability) low = middle;
    else high = middle;
  }
}

function checkDegrees(degrees: number, who: string): void {
  if (!(Number.isInteger(degrees) && degrees >= 1)) {
    throw new OptionError(`${who}: degrees of freedom must be a positive integer, got ${degrees}`);
  }
}

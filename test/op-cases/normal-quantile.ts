/**
 * The standard normal's quantile the slow way: Φ by its Taylor-like series, which converges
 * everywhere, inverted by bisection. About 1e-13 absolute, for probabilities not too near 0 and 1.
 */
export function normalQuantile(probability: number): number {
  // By symmetry only the lower half is searched, where no digits are lost to 1.
  if (probability > 0.5) return -normalQuantile(1 - probability);
  let low = -9;
  let high = 0;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (cumulative(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Φ(x) = 1/2 + φ(x) · (x + x³/3 + x⁵/(3·5) + …). */
function cumulative(x: number): number {
  let term = x;
  let total = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(total) && k < 1000; k += 2) {
    term *= (x * x) / k;
    total += term;
  }
  return 0.5 + (total * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

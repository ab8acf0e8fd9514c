import { OptionError } from "../base/errors.ts";

/**
 * The q-th percentile of values in ascending order, by linear interpolation: with h = q/100 · (n − 1),
 * the value at position ⌊h⌋ plus the fraction h − ⌊h⌋ of the way to the next one. This is Hyndman
 * and Fan's definition 7, the default of NumPy, R and spreadsheets.
 *
 * Shape:  sorted [n], ascending; n ≥ 1.
 * Errors: OptionError if q ∉ [0, 100] or there is no value.
 * Source: Hyndman & Fan 1996, "Sample quantiles in statistical packages", Am. Stat. 50(4).
 */
export function percentile(sorted: ArrayLike<number>, q: number): number {
  checkPercentile(q, "percentile");
  const last = sorted.length - 1;
  if (last < 0) throw new OptionError("percentile: needs at least one value, got none");
  const position = (q / 100) * last;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, last)]!;
  const weight = position - below;
  return weight === 0 || low === high ? low : low * (1 - weight) + high * weight;
}

export function checkPercentile(q: number, who: string): void {
  if (!(q >= 0 && q <= 100)) {
    throw new OptionError(`${who}: a percentile must be in [0, 100], got ${q}`);
  }
}

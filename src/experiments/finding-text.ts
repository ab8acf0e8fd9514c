/** The numbers of findings, as reports and the command line print them. */
import { powerOfTen } from "./power-of-ten.ts";
import type { PairedGap } from "./statistics.ts";
import type { Finding } from "./study-parts.ts";
import type { MeasureSummary } from "./study-result.ts";

/** What is needed to print a measure's numbers. */
export type NumberStyle = Pick<MeasureSummary, "unit" | "digits" | "notation">;

/** `n = 3 paired seeds`. */
export function pairedSeeds(n: number): string {
  return `n = ${n} paired seed${n === 1 ? "" : "s"}`;
}

/** `n = 3 seeds`, paired if there is something to pair. */
export function countedSeeds(n: number, paired: boolean): string {
  return paired ? pairedSeeds(n) : `n = ${n} seed${n === 1 ? "" : "s"}`;
}

/** `+2.31 points [+1.90, +2.72]` for differences, `98.31 % [98.10, 98.52]` for values. */
export function findingNumbers({ gap, of }: Finding, style: NumberStyle): string {
  return of === undefined ? gapNumbers(gap, style) : valueNumbers(gap, style);
}

/** `+2.31 points [+1.90, +2.72], 95 % interval over n = 3 paired seeds`. */
export function numbersWithBasis(gap: PairedGap, style: NumberStyle, paired: boolean): string {
  const { low, n, level, bootstrap } = gap;
  const seeds = countedSeeds(n, paired);
  const numbers = paired ? gapNumbers(gap, style) : valueNumbers(gap, style);
  const share = `${Math.round(level * 100)} %`;
  const basis = low === null ? `no interval from ${seeds}` : `${share} interval over ${seeds}`;
  if (bootstrap === undefined) return `${numbers}, ${basis}`;
  const show = paired ? signed : formatMeasure;
  const ends = `[${show(bootstrap.low, style)}, ${show(bootstrap.high, style)}]`;
  return `${numbers}, ${basis}; bootstrap interval ${ends}`;
}

/** `+2.31 points [+1.90, +2.72]`. */
function gapNumbers({ mean, low, high }: PairedGap, style: NumberStyle): string {
  if (mean === null) return "no pair to compare";
  const value = `${signed(mean, style)} ${differenceUnit(style.unit)}`.trimEnd();
  if (low === null || high === null) return value;
  return `${value} [${signed(low, style)}, ${signed(high, style)}]`;
}

function valueNumbers({ mean, low, high }: PairedGap, style: NumberStyle): string {
  if (mean === null) return "no value";
  const value = withUnit(mean, style);
  if (low === null || high === null) return value;
  return `${value} [${formatMeasure(low, style)}, ${formatMeasure(high, style)}]`;
}

/** `98.31 %`. */
export function withUnit(value: number, style: NumberStyle): string {
  return `${formatMeasure(value, style)} ${style.unit}`.trimEnd();
}

/** `0.50 points`: differences of percentages are percentage points. */
export function withDifferenceUnit(value: number, style: NumberStyle): string {
  return `${formatMeasure(value, style)} ${differenceUnit(style.unit)}`.trimEnd();
}

/**
 * A number as tables print it: grouped, with the measure's digits; shares in percent. Powers of ten
 * where the measure asks for them, and for numbers of ten digits or more.
 */
export function formatMeasure(value: number, { unit, digits, notation }: NumberStyle): string {
  const shown = unit === "%" ? value * 100 : value;
  if (shown !== 0 && (notation === "scientific" || Math.abs(shown) >= GROUPED_BELOW)) {
    return powerOfTen(shown, digits);
  }
  const text = Math.abs(shown).toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const isZero = !/[1-9]/.test(text);
  return shown < 0 && !isZero ? `−${text}` : text;
}

const GROUPED_BELOW = 1e9;

function signed(value: number, style: NumberStyle): string {
  const text = formatMeasure(value, style);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

function differenceUnit(unit: string): string {
  return unit === "%" ? "points" : unit;
}

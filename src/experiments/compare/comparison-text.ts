/** What a comparison found, in plain sentences. */
import type { ArmResult, ComparisonResult, MeasureInfo } from "./comparison-result.ts";

/** Milliseconds per training step by arm. */
export type StepCosts = ReadonlyMap<string, number>;

/** A measure's value as tables print it; shares in per cent. */
export function showMeasure(value: number | null, { unit, digits }: MeasureInfo): string {
  if (value === null) return "-";
  return unit === "%" ? (100 * value).toFixed(digits) : showNumber(value);
}

/** Five digits that count, since a target may have any size. */
function showNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(3);
  return value.toFixed(Math.max(0, 4 - Math.max(0, Math.floor(Math.log10(size || 1)))));
}

/** A difference: shares in points. */
export function showGap(value: number | null, measure: MeasureInfo): string {
  if (value === null) return "-";
  return `${value > 0 ? "+" : ""}${showMeasure(value, measure)}`;
}

/** One plain sentence or two: who is better than the baseline, by how much, how sure, at what cost. */
export function comparisonSentence(result: ComparisonResult, costs: StepCosts): string {
  const { arms, baseline, measure } = result;
  const base = arms.find(({ id }) => id === baseline)!;
  const others = arms.filter(({ difference }) => difference !== null);
  const of = (finding: string): ArmResult[] =>
    others.filter(({ difference }) => difference!.finding === finding);
  const sign = measure.better === "higher" ? 1 : -1;
  const better = of("better").toSorted(
    (a, b) => sign * (b.difference!.mean! - a.difference!.mean!),
  );
  const worse = of("worse");
  const same = of("not distinguishable");
  const parts = [
    ...better.map(
      (arm) =>
        `${arm.label} beats ${base.label} by ${amount(arm, result)}${costText(arm, base, costs)}`,
    ),
    ...worse.map((arm) => `${arm.label} is worse than ${base.label} by ${amount(arm, result)}`),
  ];
  if (same.length > 0) {
    const names = listed(same.map(({ label }) => label));
    parts.push(
      `${names} ${same.length === 1 ? "is" : "are"} not distinguishable from ${base.label}${seenText(same, result)}`,
    );
  }
  const few = of("too few pairs");
  if (few.length > 0) {
    parts.push(`of ${listed(few.map(({ label }) => label))} there are too few pairs to tell`);
  }
  const sentence =
    parts.length === 0 ? `${base.label} was compared with nothing` : parts.join("; ");
  return `${sentence}.${divergenceText(arms, result.pairs.length)}`;
}

/** `1.90 points (1.20 to 2.60, n = 10 pairs)`. */
function amount({ difference }: ArmResult, { measure }: ComparisonResult): string {
  const { mean, low, high, n } = difference!;
  const ends = [Math.abs(low!), Math.abs(high!)].toSorted((a, b) => a - b);
  const shown = ends.map((end) => showMeasure(end, measure)).join(" to ");
  return `${withUnit(Math.abs(mean!), measure)} (interval ${shown}, n = ${n} pairs)`;
}

function withUnit(value: number, measure: MeasureInfo): string {
  return `${showMeasure(value, measure)}${measure.unit === "%" ? " points" : ""}`;
}

function costText(arm: ArmResult, base: ArmResult, costs: StepCosts): string {
  const own = costs.get(arm.id);
  const other = costs.get(base.id);
  if (own === undefined || other === undefined) return "";
  const percent = Math.round(100 * (own / other - 1));
  return ` at ${percent < 0 ? "−" : "+"}${Math.abs(percent)} % cost per step`;
}

function seenText(same: readonly ArmResult[], { measure }: ComparisonResult): string {
  const sizes = same.flatMap(({ difference }) => difference!.smallest ?? []);
  if (sizes.length === 0) return "";
  const n = Math.min(...same.map(({ difference }) => difference!.n));
  const largest = withUnit(Math.max(...sizes), measure);
  return ` (with n = ${n} pairs, differences below ${largest} could not have been seen)`;
}

function divergenceText(arms: readonly ArmResult[], pairs: number): string {
  const lost = arms.filter(({ diverged }) => diverged > 0);
  if (lost.length === 0) return "";
  const counts = lost.map(({ label, diverged }) => `${label} in ${diverged} of ${pairs} runs`);
  return ` Diverged: ${counts.join(", ")}; such pairs are left out, which flatters these arms.`;
}

function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)!}`;
}

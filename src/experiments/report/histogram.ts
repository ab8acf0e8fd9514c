import { OptionError } from "../../base/errors.ts";

/** Counts of values between neighbouring edges: `counts[i]` lie in [edges[i], edges[i + 1]). */
export interface Histogram {
  /** Ascending, one more than counts. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** A value for each stretch of the axis: the count, or the share of all divided by the width. */
export interface HistogramStep {
  readonly from: number;
  readonly to: number;
  readonly height: number;
}

/** Errors: OptionError unless edges ascend and are one more than counts. */
export function histogramSteps(
  { edges, counts }: Histogram,
  heights: "count" | "density",
  who: string,
): HistogramStep[] {
  if (edges.length !== counts.length + 1) {
    throw new OptionError(
      `${who}: edges must be one more than counts, got ${edges.length} and ${counts.length}`,
    );
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count, i) => {
    const [from, to] = [edges[i]!, edges[i + 1]!];
    if (!(to > from)) {
      throw new OptionError(`${who}: edges must ascend, got ${from} before ${to}`);
    }
    const density = total === 0 ? 0 : count / total / (to - from);
    return { from, to, height: heights === "count" ? count : density };
  });
}

/** The corners of a histogram's outline, from the axis up and back to it. */
export function outline(steps: readonly HistogramStep[]): { x: number; y: number }[] {
  const corners = steps.flatMap(({ from, to, height }) => [
    { x: from, y: height },
    { x: to, y: height },
  ]);
  const [first, last] = [corners[0], corners.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [{ x: first.x, y: 0 }, ...corners, { x: last.x, y: 0 }];
}

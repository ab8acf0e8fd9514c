import type { Point, Series } from "./line-plot.ts";

/** Lines in words, for those who do not see them: where each begins, where it is, and its band. */
export function seriesText(series: readonly Series[], percent = false): string {
  const written = (value: number): string =>
    percent ? `${(100 * value).toFixed(1)} %` : Number(value.toPrecision(3)).toString();
  const at = ({ x, y }: Point): string => `${written(y)} at step ${x}`;
  return series
    .flatMap(({ label, points }): string[] => {
      const [first] = points;
      const last = points.at(-1);
      if (first === undefined || last === undefined) return [];
      const { low, high } = last;
      const way = first === last ? at(last) : `from ${at(first)} to ${at(last)}`;
      const banded = low !== undefined && high !== undefined;
      return [
        banded
          ? `${label}: ${way}, there between ${written(low)} and ${written(high)}.`
          : `${label}: ${way}.`,
      ];
    })
    .join(" ");
}

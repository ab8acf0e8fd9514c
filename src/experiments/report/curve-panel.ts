import * as Plot from "@observablehq/plot";
import { meanInterval } from "../statistics.ts";
import { armStyle } from "./arm-style.ts";
import { drawPanel, endLabels } from "./panel-frame.ts";
import type { PanelFrame } from "./panel-layout.ts";

/** One arm's curves: a value per step for each seed. */
export interface CurveSeries {
  readonly short: string;
  readonly seeds: readonly {
    readonly seed: number;
    readonly points: readonly { readonly step: number; readonly value: number }[];
  }[];
}

export interface CurvePanelOptions extends Pick<
  PanelFrame,
  "width" | "height" | "yDomain" | "document" | "tickText"
> {
  readonly series: readonly CurveSeries[];
}

/** Mean over seeds with its interval, at one step. */
export interface MeanPoint {
  readonly step: number;
  readonly mean: number;
  /** Null with fewer than two seeds. */
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

/** The mean curve over those seeds that have a value at a step, with its 95 % t-interval. */
export function meanCurve({ seeds }: CurveSeries): MeanPoint[] {
  const byStep = new Map<number, number[]>();
  for (const { points } of seeds) {
    for (const { step, value } of points) byStep.set(step, [...(byStep.get(step) ?? []), value]);
  }
  return [...byStep]
    .toSorted(([a], [b]) => a - b)
    .map(([step, values]) => {
      const { mean, low, high, n } = meanInterval(values);
      return { step, mean: mean!, low, high, n };
    });
}

/** Curves against steps: thin lines for seeds, a thick one for their mean, a band for its interval. */
export function curvePanel(options: CurvePanelOptions): string {
  const { series, yDomain } = options;
  const frame = { ...options, marginLeft: 48, marginRight: 66, xTicks: 5 };
  const labels = series.flatMap((one, index) => {
    const last = meanCurve(one).findLast(({ mean }) => mean >= yDomain[0]);
    if (last === undefined) return [];
    const { color } = armStyle(index);
    return [{ step: last.step, value: last.mean, text: one.short, color, bold: true }];
  });
  return drawPanel(frame, [...series.flatMap(curveMarks), ...endLabels(frame, labels)]);
}

function curveMarks(one: CurveSeries, index: number): Plot.Markish[] {
  const { color, dash } = armStyle(index);
  const means = meanCurve(one);
  const band = means.filter(({ low }) => low !== null);
  const area = { x: "step", y1: "low", y2: "high", fill: color, fillOpacity: 0.14, clip: true };
  const thin = { x: "step", y: "value", stroke: color, strokeWidth: 0.8, strokeOpacity: 0.45 };
  const thick = { x: "step", y: "mean", stroke: color, strokeWidth: 2.2, clip: true };
  return [
    Plot.areaY(band, area),
    ...one.seeds.map(({ points }) => Plot.line(points, { ...thin, clip: true })),
    Plot.line(means, { ...thick, ...(dash && { strokeDasharray: dash }) }),
  ];
}

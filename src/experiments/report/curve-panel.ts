import * as Plot from "@observablehq/plot";
import { meanInterval } from "../statistics.ts";
import { armStyle } from "./arm-style.ts";
import { spreadLabels } from "./spread-labels.ts";

/** One arm's curves: a value per step for each seed. */
export interface CurveSeries {
  readonly short: string;
  readonly seeds: readonly {
    readonly seed: number;
    readonly points: readonly { readonly step: number; readonly value: number }[];
  }[];
}

export interface CurvePanelOptions {
  readonly series: readonly CurveSeries[];
  readonly yDomain: readonly [number, number];
  /** How ticks print a value, such as `90 %`. */
  readonly tickText: (value: number) => string;
  readonly width: number;
  readonly height: number;
  readonly document: Document;
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
    .sort(([a], [b]) => a - b)
    .map(([step, values]) => {
      const { mean, low, high, n } = meanInterval(values);
      return { step, mean: mean!, low, high, n };
    });
}

/** Curves against steps: thin lines for seeds, a thick one for their mean, a band for its interval. */
export function curvePanel(options: CurvePanelOptions): string {
  const { series, yDomain, tickText, width, height, document } = options;
  const [bottom, top] = yDomain;
  const clamp = (value: number): number => Math.min(top, Math.max(bottom, value));
  const labels = series.flatMap((one, index) => {
    const last = meanCurve(one).findLast(({ mean }) => mean >= bottom);
    return last === undefined ? [] : [{ ...last, index, text: one.short }];
  });
  const plotHeight = height - MARGIN.top - MARGIN.bottom;
  const offsets = spreadLabels(
    labels.map(({ mean }) => ((top - clamp(mean)) / (top - bottom)) * plotHeight),
    { gap: 15, low: 4, high: plotHeight - 4 },
  );
  const plot = Plot.plot({
    document,
    width,
    height,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    style: { fontSize: "12px", fontFamily: "inherit", background: "none", overflow: "visible" },
    x: { nice: false },
    y: { domain: [...yDomain] },
    marks: [
      Plot.gridY({ ticks: 5, stroke: "var(--grid)", strokeOpacity: 1 }),
      Plot.axisX({
        ticks: 5,
        tickSize: 4,
        label: "training steps",
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 32,
        color: "var(--muted)",
      }),
      Plot.axisY({
        ticks: 5,
        tickSize: 0,
        label: null,
        tickFormat: tickText,
        color: "var(--muted)",
      }),
      ...series.flatMap((one, index) => curveMarks(one, index)),
      ...labels.map(({ step, mean, index, text }, i) =>
        Plot.text([{ step, mean: clamp(mean) }], {
          x: "step",
          y: "mean",
          dx: 8,
          dy: offsets[i]! - ((top - clamp(mean)) / (top - bottom)) * plotHeight,
          text: () => text,
          textAnchor: "start",
          fill: armStyle(index).color,
          fontWeight: 600,
        }),
      ),
    ],
  });
  return plot.outerHTML;
}

const MARGIN = { top: 14, bottom: 38, left: 48, right: 66 };

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

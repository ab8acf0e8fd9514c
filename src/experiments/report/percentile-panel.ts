import * as Plot from "@observablehq/plot";
import { armStyle } from "./arm-style.ts";
import { spreadLabels } from "./spread-labels.ts";

/** Three percentiles over training: `middle` is the median. */
export interface PercentileSeries {
  readonly steps: readonly number[];
  readonly low: readonly number[];
  readonly middle: readonly number[];
  readonly high: readonly number[];
}

export interface PercentilePanelOptions {
  readonly series: PercentileSeries;
  /** The arm's place in the study, for its colour and line. */
  readonly arm: number;
  /** Names at the ends of the three lines; defaults to *none*. */
  readonly names?: readonly [string, string, string];
  readonly xTicks?: number;
  readonly yDomain: readonly [number, number];
  readonly width: number;
  readonly height: number;
  readonly document: Document;
}

/** Three percentiles against steps, with the range between the outer two shaded. */
export function percentilePanel(options: PercentilePanelOptions): string {
  const { series, arm, names, yDomain, width, height, document, xTicks = 4 } = options;
  const { color, dash } = armStyle(arm);
  const rows = series.steps.map((step, i) => ({
    step,
    low: series.low[i]!,
    middle: series.middle[i]!,
    high: series.high[i]!,
  }));
  const last = rows.at(-1);
  const lines = KEYS.map((key, i) => ({ key, name: names?.[i] ?? "" }));
  const [bottom, top] = yDomain;
  const plotHeight = height - MARGIN.top - MARGIN.bottom;
  const heightOf = (value: number): number => ((top - value) / (top - bottom)) * plotHeight;
  const spread = spreadLabels(
    last === undefined ? [] : lines.map(({ key }) => heightOf(last[key])),
    { gap: 14, low: 4, high: plotHeight - 4 },
  );
  const plot = Plot.plot({
    document,
    width,
    height,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    marginLeft: MARGIN.left,
    marginRight: names === undefined ? 14 : MARGIN.right,
    style: { fontSize: "12px", fontFamily: "inherit", background: "none", overflow: "visible" },
    x: { nice: false },
    y: { domain: [...yDomain] },
    marks: [
      Plot.gridY({ ticks: 5, stroke: "var(--grid)", strokeOpacity: 1 }),
      Plot.axisX({
        ticks: xTicks,
        tickSize: 4,
        label: "training steps",
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 32,
        color: "var(--muted)",
      }),
      Plot.axisY({ ticks: 5, tickSize: 0, label: null, color: "var(--muted)" }),
      Plot.areaY(rows, { x: "step", y1: "low", y2: "high", fill: color, fillOpacity: 0.13 }),
      ...lines.map(({ key }) =>
        Plot.line(rows, {
          x: "step",
          y: key,
          stroke: color,
          strokeWidth: key === "middle" ? 2.2 : 1.2,
          ...(dash && { strokeDasharray: dash }),
        }),
      ),
      ...(last === undefined || names === undefined ? [] : lines).map(({ key, name }, i) =>
        Plot.text([last!], {
          x: "step",
          y: key,
          dx: 8,
          dy: spread[i]! - heightOf(last![key]),
          text: () => name,
          textAnchor: "start",
          fill: color,
          fontWeight: key === "middle" ? 600 : 400,
        }),
      ),
    ],
  });
  return plot.outerHTML;
}

const KEYS = ["low", "middle", "high"] as const;
const MARGIN = { top: 12, bottom: 38, left: 36, right: 56 };

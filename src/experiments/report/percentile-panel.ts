import * as Plot from "@observablehq/plot";
import { armStyle } from "./arm-style.ts";
import { drawPanel, endLabels } from "./panel-frame.ts";
import type { PanelFrame } from "./panel-layout.ts";

/** Three percentiles over training: `middle` is the median. */
export interface PercentileSeries {
  readonly steps: readonly number[];
  readonly low: readonly number[];
  readonly middle: readonly number[];
  readonly high: readonly number[];
}

export interface PercentilePanelOptions extends Pick<
  PanelFrame,
  "width" | "height" | "yDomain" | "document"
> {
  readonly series: PercentileSeries;
  /** The arm's place in the study, for its colour and line. */
  readonly arm: number;
  /** Names at the ends of the three lines; defaults to *none*. */
  readonly names?: readonly [string, string, string];
  readonly xTicks?: number;
}

const KEYS = ["low", "middle", "high"] as const;

/** Three percentiles against steps, with the range between the outer two shaded. */
export function percentilePanel(options: PercentilePanelOptions): string {
  const { series, arm, names, xTicks = 4 } = options;
  const { color, dash } = armStyle(arm);
  const frame = { ...options, marginLeft: 36, marginRight: names === undefined ? 14 : 56, xTicks };
  const rows = series.steps.map((step, i) => ({
    step,
    low: series.low[i]!,
    middle: series.middle[i]!,
    high: series.high[i]!,
  }));
  const last = rows.at(-1);
  const labels = KEYS.flatMap((key, i) =>
    last === undefined || names === undefined
      ? []
      : [{ step: last.step, value: last[key], text: names[i]!, color, bold: key === "middle" }],
  );
  return drawPanel(frame, [
    Plot.areaY(rows, { x: "step", y1: "low", y2: "high", fill: color, fillOpacity: 0.13 }),
    ...KEYS.map((key) =>
      Plot.line(rows, {
        x: "step",
        y: key,
        stroke: color,
        strokeWidth: key === "middle" ? 2.2 : 1.2,
        ...(dash && { strokeDasharray: dash }),
      }),
    ),
    ...endLabels(frame, labels),
  ]);
}

import * as Plot from "@observablehq/plot";
import { armStyle } from "./arm-style.ts";
import { canShow } from "./axis-scale.ts";
import type { PanelAxis, PanelSize } from "./panel-layout.ts";
import { decideAxis, drawFrame, type PlotFrame, pointLabels, roomForTexts } from "./plot-frame.ts";

export interface ScatterSeries {
  /** Stands right of its last point. */
  readonly name: string;
  /** The arm's place in the study, for its colour and dots. */
  readonly arm: number;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface ScatterPanelOptions extends PanelSize {
  readonly series: readonly ScatterSeries[];
  readonly x: PanelAxis;
  readonly y: PanelAxis;
  /** The line y = x, where two ways to the same number agree. Default false. */
  readonly diagonal?: boolean;
}

/** Points, each series with a sign of its own. */
export function scatterPanel(options: ScatterPanelOptions): string {
  const { series, diagonal = false } = options;
  const points = series.flatMap((one) => one.points);
  const frame: PlotFrame = {
    ...options,
    x: decideAxis(
      options.x,
      points.map(({ x }) => x),
    ),
    y: decideAxis(
      options.y,
      points.map(({ y }) => y),
    ),
    marginLeft: 56,
    marginRight: roomForTexts(series.map(({ name }) => name)),
  };
  const shown = series.map((one) => ({
    ...one,
    points: one.points.filter(({ x, y }) => canShow(x, frame.x) && canShow(y, frame.y)),
  }));
  const labels = shown.flatMap(({ name, arm, points: own }) => {
    const last = own.toSorted((a, b) => a.x - b.x).at(-1);
    return last === undefined
      ? []
      : [{ ...last, text: name, color: armStyle(arm).color, bold: true }];
  });
  return drawFrame(frame, [
    ...(diagonal ? [diagonalMark(frame)] : []),
    ...shown.map(({ arm, points: own }) => {
      const { color, symbol } = armStyle(arm);
      return Plot.dot(own, {
        x: "x",
        y: "y",
        stroke: color,
        symbol,
        r: 3.4,
        strokeWidth: 1.5,
        clip: true,
      });
    }),
    ...pointLabels(frame, labels),
  ]);
}

function diagonalMark({ x, y }: PlotFrame): Plot.Markish {
  const low = Math.max(x.domain![0], y.domain[0]);
  const high = Math.min(x.domain![1], y.domain[1]);
  const ends = low < high ? [low, high] : [];
  return Plot.line(ends, {
    x: (end: number) => end,
    y: (end: number) => end,
    stroke: "var(--muted)",
    strokeDasharray: "2 2",
  });
}

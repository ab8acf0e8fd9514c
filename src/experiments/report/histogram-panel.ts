import * as Plot from "@observablehq/plot";
import { armStyle } from "./arm-style.ts";
import { type Histogram, type HistogramStep, histogramSteps, outline } from "./histogram.ts";
import type { PanelAxis, PanelSize } from "./panel-layout.ts";
import { decideAxis, drawFrame, type PlotFrame, roomForTexts } from "./plot-frame.ts";

export interface HistogramSeries extends Histogram {
  readonly name: string;
  /** The arm's place in the study, for its colour and line. */
  readonly arm: number;
}

export interface HistogramPanelOptions extends PanelSize {
  readonly series: readonly HistogramSeries[];
  readonly x: PanelAxis;
  /** On a logarithmic axis empty bins are not drawn. */
  readonly y: PanelAxis;
  /** `density` makes histograms of different sizes and bins comparable. Default `count`. */
  readonly heights?: "count" | "density";
}

/** Outlines of histograms, one over the other, with a key beside them. */
export function histogramPanel(options: HistogramPanelOptions): string {
  const { series, heights = "count" } = options;
  const shapes = series.map((one) => ({
    ...one,
    steps: histogramSteps(one, heights, "histogramPanel"),
  }));
  const all = shapes.flatMap(({ steps }) => steps);
  const tallest = all.map(({ height }) => height);
  const log = options.y.scale === "log";
  const frame: PlotFrame = {
    ...options,
    x: { ...options.x, domain: options.x.domain ?? endsOf(all) },
    y: decideAxis(options.y, log ? tallest : [0, ...tallest]),
    marginLeft: 56,
    marginRight: KEY.width + KEY.room + roomForTexts(series.map(({ name }) => name)),
  };
  const floor = log ? frame.y.domain[0] : 0;
  const marks = shapes.flatMap(({ arm, steps }) => {
    const { color, dash } = armStyle(arm);
    const corners = outline(steps).map(({ x, y }) => ({ x, y: Math.max(y, floor) }));
    const line = { x: "x", y: "y", stroke: color, strokeWidth: 1.8, clip: true } as const;
    return [
      Plot.areaY(corners, {
        x: "x",
        y1: () => floor,
        y2: "y",
        fill: color,
        fillOpacity: 0.12,
        clip: true,
      }),
      Plot.line(corners, { ...line, ...(dash && { strokeDasharray: dash }) }),
    ];
  });
  return drawFrame(frame, [...marks, ...keyMarks(series, frame)]);
}

/** From the first edge to the last; with nothing to show, any stretch will do. */
function endsOf(steps: readonly HistogramStep[]): readonly [number, number] {
  if (steps.length === 0) return [0, 1];
  return [Math.min(...steps.map(({ from }) => from)), Math.max(...steps.map(({ to }) => to))];
}

const KEY = { width: 22, gap: 17, room: 12 };

/** Right of the panel, from the top: a stretch of each outline and its name. */
function keyMarks(series: readonly HistogramSeries[], frame: PlotFrame): Plot.Markish[] {
  const { width, marginLeft, marginRight, y } = frame;
  const [left, right] = frame.x.domain!;
  const stretch = ((right - left) * KEY.width) / (width - marginLeft - marginRight);
  const top = y.domain[1];
  return series.flatMap(({ name, arm }, place) => {
    const { color, dash } = armStyle(arm);
    const dy = place * KEY.gap + 6;
    const ends = [right - stretch, right].map((x) => ({ x, y: top }));
    const at = { x: "x", y: "y", dy } as const;
    return [
      Plot.line(ends, {
        ...at,
        dx: KEY.width + KEY.room,
        stroke: color,
        strokeWidth: 1.8,
        ...(dash && { strokeDasharray: dash }),
      }),
      Plot.text(ends.slice(1), {
        ...at,
        dx: KEY.width + KEY.room + 6,
        text: () => name,
        textAnchor: "start",
        fill: color,
        fontWeight: 600,
      }),
    ];
  });
}

import type { Markish, PlotOptions } from "@observablehq/plot";
import type { PlotLibrary } from "./plot-library.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
  /** The band around y, where there are several runs. */
  readonly low?: number;
  readonly high?: number;
}

export interface Series {
  readonly label: string;
  /** A CSS colour, such as `var(--arm-0)`. */
  readonly color: string;
  readonly points: readonly Point[];
  readonly dashed?: boolean;
}

/** A moment marked on the x axis, such as a change of the learning rate. */
export interface ChartMoment {
  readonly x: number;
  readonly label: string;
}

export interface LinePlotOptions {
  readonly series: readonly Series[];
  readonly xLabel?: string;
  readonly yLabel: string;
  readonly yDomain?: readonly [number, number];
  readonly yType?: "linear" | "log";
  readonly percent?: boolean;
  readonly moments?: readonly ChartMoment[];
  /**
   * May single points far above all beginnings be cut off, as a loss that explodes? The axis then
   * ends at twice the highest first point, so that the other lines can be seen. Defaults to *false*.
   */
  readonly cut?: boolean;
}

/** All series on shared axes, each named at the end of its line. */
export function linePlot(library: PlotLibrary, options: LinePlotOptions): PlotOptions {
  const {
    series,
    xLabel = "step",
    yLabel,
    yDomain,
    yType = "linear",
    percent,
    moments = [],
    cut = false,
  } = options;
  const shown = series.map((one) => ({ ...one, points: visible(one.points, yType) }));
  const domain = yDomain ?? (cut ? cutDomain(series) : null);
  return {
    marginLeft: 48,
    marginRight: 26,
    marginBottom: 32,
    x: { label: xLabel, nice: true },
    y: {
      label: yLabel,
      grid: true,
      type: yType,
      ...(percent === true && { percent: true }),
      ...(domain !== null && { domain: [...domain] }),
      ...(yType === "log" && { tickFormat: "~g" }),
    },
    style: { fontSize: "12px", background: "transparent" },
    marks: [
      ...moments.flatMap(({ x, label }): Markish[] => [
        library.ruleX([x], { stroke: "var(--warn)", strokeDasharray: "3 3" }),
        library.text([label], {
          x: () => x,
          frameAnchor: "top",
          dy: -12,
          fill: "var(--warn)",
        }),
      ]),
      ...shown.flatMap((one) => marksOf(library, one, domain)),
    ],
  };
}

/** Null while nothing is far above where it began. */
function cutDomain(series: readonly Series[]): readonly [number, number] | null {
  const first = Math.max(0, ...series.map(({ points }) => points[0]?.y ?? 0));
  const highest = Math.max(...series.map(({ points }) => Math.max(...points.map(({ y }) => y))));
  return first > 0 && highest > 3 * first ? [0, 2 * first] : null;
}

function marksOf(
  library: PlotLibrary,
  { points, color, dashed }: Series,
  domain: readonly [number, number] | null,
): Markish[] {
  const clip = domain !== null;
  const top = domain?.[1] ?? Infinity;
  const banded = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  const band =
    banded.length === 0
      ? []
      : [
          library.areaY(banded, {
            x: "x",
            y1: "low",
            y2: "high",
            fill: color,
            fillOpacity: 0.2,
            clip,
          }),
        ];
  const line = library.lineY(points, {
    x: "x",
    y: "y",
    stroke: color,
    strokeWidth: 1.8,
    clip,
    ...(dashed === true && { strokeDasharray: "5 4" }),
  });
  const last = points.slice(-1).filter(({ y }) => y <= top);
  return [...band, line, library.dot(last, { x: "x", y: "y", fill: color, r: 2.5 })];
}

/** A logarithmic axis has no place for 0 or less. */
function visible(points: readonly Point[], yType: "linear" | "log"): readonly Point[] {
  if (yType === "linear") return points;
  return points
    .filter(({ y }) => y > 0)
    .map((point) =>
      point.low !== undefined && point.low <= 0 ? { ...point, low: point.y } : point,
    );
}

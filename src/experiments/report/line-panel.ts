import * as Plot from "@observablehq/plot";
import { meanInterval } from "../statistics.ts";
import { armStyle } from "./arm-style.ts";
import { canShow } from "./axis-scale.ts";
import type { PanelAxis, PanelRule, PanelSize } from "./panel-layout.ts";
import {
  decideAxis,
  drawFrame,
  type PlotFrame,
  pointLabels,
  roomForTexts,
  shortNumber,
} from "./plot-frame.ts";

export interface LinePoint {
  readonly x: number;
  readonly y: number;
}

/** A point of a line, with the ends of a band around it where there is one. */
export interface BandPoint extends LinePoint {
  readonly low?: number | null;
  readonly high?: number | null;
}

export interface LineSeries {
  /** Stands at the line's end. */
  readonly name: string;
  /** The arm's place in the study, for its colour, line and dots. */
  readonly arm: number;
  readonly points: readonly BandPoint[];
  /** Thin lines behind it, such as single seeds. */
  readonly thin?: readonly (readonly LinePoint[])[];
  /** A dot at every point: for few points, measured one by one. Default false. */
  readonly dots?: boolean;
}

export interface LinePanelOptions extends PanelSize {
  readonly series: readonly LineSeries[];
  readonly x: PanelAxis;
  readonly y: PanelAxis;
  /** Lines from left to right, such as chance level. */
  readonly rules?: readonly PanelRule[];
  /** Names at the ends of lines. Default true. */
  readonly names?: boolean;
}

/**
 * Lines against any number, on linear or logarithmic axes, each with its band. Points that are not
 * finite, or not positive on a logarithmic axis, leave a gap.
 */
export function linePanel(options: LinePanelOptions): string {
  const { series, rules = [], names = true } = options;
  const points = series.flatMap((one) => [...one.points, ...(one.thin ?? []).flat()]);
  const band = series.flatMap((one) => one.points.flatMap(({ low, high }) => [low, high]));
  const x = decideAxis(
    options.x,
    points.map((point) => point.x),
  );
  const y = decideAxis(options.y, [
    ...points.map((point) => point.y),
    ...band.map((end) => end ?? null),
    ...rules.map(({ value }) => value),
  ]);
  const texts = names ? series.map(({ name }) => name) : [];
  const frame: PlotFrame = {
    ...options,
    x,
    y,
    marginLeft: 52,
    marginRight: roomForTexts(texts),
  };
  return drawFrame(frame, [
    ...rules.flatMap((rule) => ruleMarks(rule, x.domain)),
    ...series.flatMap((one) => seriesMarks(one, frame)),
    ...(names ? pointLabels(frame, endNames(series, frame)) : []),
  ]);
}

function seriesMarks(
  { arm, points, thin = [], dots = false }: LineSeries,
  frame: PlotFrame,
): Plot.Markish[] {
  const { color, dash, symbol } = armStyle(arm);
  const shown = points.map((point) => showable(point, frame));
  const band = points.map(({ x, low = null, high = null }) => {
    // A band that reaches below what a logarithmic axis shows is drawn down to the axis.
    const floor = canShow(low, frame.y)
      ? low
      : high === null || low === null
        ? NaN
        : frame.y.domain[0];
    return { x, low: floor, high: canShow(high, frame.y) ? high : NaN };
  });
  const line = { x: "x", y: "y", stroke: color, clip: true } as const;
  return [
    Plot.areaY(band, { x: "x", y1: "low", y2: "high", fill: color, fillOpacity: 0.14, clip: true }),
    ...thin.map((one) =>
      Plot.line(
        one.map((point) => showable(point, frame)),
        {
          ...line,
          strokeWidth: 0.8,
          strokeOpacity: 0.45,
        },
      ),
    ),
    Plot.line(shown, { ...line, strokeWidth: 2.2, ...(dash && { strokeDasharray: dash }) }),
    ...(dots
      ? [Plot.dot(shown, { ...line, fill: "var(--card)", strokeWidth: 1.8, symbol, r: 4 })]
      : []),
  ];
}

/** NaN breaks the line there. */
function showable({ x, y }: LinePoint, frame: PlotFrame): LinePoint {
  return canShow(x, frame.x) && canShow(y, frame.y) ? { x, y } : { x, y: NaN };
}

function endNames(
  series: readonly LineSeries[],
  frame: PlotFrame,
): Parameters<typeof pointLabels>[1] {
  return series.flatMap(({ name, arm, points }) => {
    const last = points.findLast((point) => Number.isFinite(showable(point, frame).y));
    if (last === undefined) return [];
    return [{ x: last.x, y: last.y, text: name, color: armStyle(arm).color, bold: true }];
  });
}

function ruleMarks({ value, text }: PanelRule, [left]: readonly [number, number]): Plot.Markish[] {
  const muted = "var(--muted)";
  const said = text ?? shortNumber(value);
  return [
    Plot.ruleY([value], { stroke: muted, strokeDasharray: "2 2" }),
    Plot.text([{ x: left, y: value }], {
      x: "x",
      y: "y",
      text: () => said,
      textAnchor: "start",
      dx: 4,
      dy: -6,
      fill: muted,
    }),
  ];
}

/** One run's line. */
export interface SeedLine {
  readonly seed: number;
  readonly points: readonly LinePoint[];
}

/**
 * The mean over seeds wherever at least one has a value, with its 95 % t-interval as the band (from
 * two seeds on) or the smallest and largest seed, and the seeds as thin lines.
 */
export function seedSeries(
  { name, arm, seeds }: Pick<LineSeries, "name" | "arm"> & { readonly seeds: readonly SeedLine[] },
  band: "interval" | "range" = "interval",
): LineSeries {
  const at = new Map<number, number[]>();
  for (const { points } of seeds) {
    for (const { x, y } of points) {
      if (Number.isFinite(y)) at.set(x, [...(at.get(x) ?? []), y]);
    }
  }
  const points = [...at]
    .toSorted(([a], [b]) => a - b)
    .map(([x, values]): BandPoint => {
      const { mean, low, high } = meanInterval(values);
      if (band === "interval") return { x, y: mean!, low, high };
      return { x, y: mean!, low: Math.min(...values), high: Math.max(...values) };
    });
  return { name, arm, points, thin: seeds.length > 1 ? seeds.map((seed) => seed.points) : [] };
}

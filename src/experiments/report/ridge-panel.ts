import * as Plot from "@observablehq/plot";
import { armStyle } from "./arm-style.ts";
import { type Histogram, histogramSteps, outline } from "./histogram.ts";
import type { PanelAxis, PanelSize } from "./panel-layout.ts";
import {
  bottomAxis,
  MARGIN_BOTTOM,
  panelStyle,
  roomForTexts,
  scaleOptions,
  ticksOf,
} from "./plot-frame.ts";

/** A distribution at one moment of training. */
export interface Ridge extends Histogram {
  /** Stands left of it, such as `step 400`. */
  readonly name: string;
}

export interface RidgePanelOptions extends PanelSize {
  /** From the bottom up: the first is the earliest. */
  readonly ridges: readonly Ridge[];
  /** The arm's place in the study, for its colour. */
  readonly arm: number;
  /** Shared by the panels that are to be compared. */
  readonly x: PanelAxis & { readonly domain: readonly [number, number] };
  /** Density (share per unit of x) that is drawn as high as `overlap` rows; default *the tallest of these*. */
  readonly tallest?: number;
  /** How many rows high the tallest may be. Default 2.2. */
  readonly overlap?: number;
}

/** The largest density of some distributions, for panels that are to share one height. */
export function tallestRidge(ridges: readonly Histogram[]): number {
  const densities = ridges.flatMap((ridge) =>
    histogramSteps(ridge, "density", "tallestRidge").map(({ height }) => height),
  );
  return Math.max(0, ...densities);
}

/** Distributions over training, one behind the other, on one axis. */
export function ridgePanel(options: RidgePanelOptions): string {
  const { ridges, arm, x, width, height, document, overlap = 2.2 } = options;
  const { color } = armStyle(arm);
  const tallest = options.tallest ?? tallestRidge(ridges);
  const unit = tallest > 0 ? overlap / tallest : 0;
  const muted = "var(--muted)";
  // The highest row is the farthest away: it is drawn first, and nearer ones cover it.
  const marks = ridges.map((ridge, row) => ridgeMarks(ridge, row, unit, color)).toReversed();
  const plot = Plot.plot({
    document,
    width,
    height,
    marginTop: 10,
    marginBottom: MARGIN_BOTTOM,
    marginLeft: roomForTexts(ridges.map(({ name }) => name)),
    marginRight: 14,
    style: panelStyle,
    x: scaleOptions(x),
    y: { domain: [0, Math.max(1, ridges.length - 1 + overlap)], axis: null },
    marks: [
      Plot.gridX({ ...ticksOf(x), stroke: "var(--grid)", strokeOpacity: 1 }),
      ...marks.flat(),
      bottomAxis(x),
      Plot.text(ridges, {
        frameAnchor: "left",
        y: (_: Ridge, row: number) => row,
        text: "name",
        dx: -8,
        dy: -4,
        textAnchor: "end",
        fill: muted,
      }),
    ],
  });
  return plot.outerHTML;
}

function ridgeMarks(ridge: Ridge, row: number, unit: number, color: string): Plot.Markish[] {
  const corners = outline(histogramSteps(ridge, "density", "ridgePanel")).map(({ x, y }) => ({
    x,
    base: row,
    top: row + y * unit,
  }));
  const area = { x: "x", y1: "base", y2: "top", clip: true } as const;
  return [
    Plot.areaY(corners, { ...area, fill: "var(--card)" }),
    Plot.areaY(corners, { ...area, fill: color, fillOpacity: 0.25 }),
    Plot.line(corners, { x: "x", y: "top", stroke: color, strokeWidth: 1.3, clip: true }),
  ];
}

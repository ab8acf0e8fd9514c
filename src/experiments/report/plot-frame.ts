import * as Plot from "@observablehq/plot";
import { powerOfTen } from "../power-of-ten.ts";
import { axisDomain, shareAlong } from "./axis-scale.ts";
import type { PanelAxis, PanelSize } from "./panel-layout.ts";
import { spreadLabels } from "./spread-labels.ts";

/** A panel's axes and margins, all decided. */
export interface PlotFrame extends PanelSize {
  readonly x: PanelAxis;
  readonly y: DecidedAxis;
  readonly marginLeft: number;
  readonly marginRight: number;
}

export interface DecidedAxis extends PanelAxis {
  readonly domain: readonly [number, number];
}

/** A name beside a point. */
export interface PointLabel {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly color: string;
  readonly bold: boolean;
}

const MARGIN_TOP = 14;
export const MARGIN_BOTTOM = 38;
/** Distance between the baselines of two labels, in px. */
const LABEL_GAP = 15;
/** About the width of a digit or letter at the size used. */
const LETTER = 6.6;

/** The axis with its domain decided by what is drawn along it. */
export function decideAxis(axis: PanelAxis, values: readonly (number | null)[]): DecidedAxis {
  return { ...axis, domain: axisDomain(axis, values) };
}

/** Room that texts at the right end need, in px. */
export function roomForTexts(texts: readonly string[]): number {
  return 16 + LETTER * Math.max(0, ...texts.map((text) => text.length));
}

/** Draws marks between two axes, as SVG text. Colours are CSS variables of the page around it. */
export function drawFrame(frame: PlotFrame, marks: readonly Plot.Markish[]): string {
  const { x, y, width, height, document, marginLeft, marginRight } = frame;
  const plot = Plot.plot({
    document,
    width,
    height,
    marginTop: y.label === "" ? MARGIN_TOP : MARGIN_TOP + 14,
    marginBottom: MARGIN_BOTTOM,
    marginLeft,
    marginRight,
    style: panelStyle,
    x: scaleOptions(x),
    y: scaleOptions(y),
    marks: [
      Plot.gridY({ ...ticksOf(y), stroke: "var(--grid)", strokeOpacity: 1 }),
      bottomAxis(x),
      Plot.axisY({
        ...ticksOf(y),
        ...textOf(y),
        tickSize: 0,
        label: y.label === "" ? null : y.label,
        labelArrow: "none",
        labelAnchor: "top",
        color: MUTED,
      }),
      ...marks,
    ],
  });
  return plot.outerHTML;
}

const MUTED = "var(--muted)";

export const panelStyle = {
  fontSize: "12px",
  fontFamily: "inherit",
  background: "none",
  overflow: "visible",
} as const;

export function scaleOptions({ domain, scale = "linear" }: PanelAxis): Plot.ScaleOptions {
  return { type: scale, ...(domain && { domain: [...domain] }) };
}

export function ticksOf({ ticks = 5, scale, domain }: PanelAxis): Pick<Plot.AxisOptions, "ticks"> {
  if (typeof ticks !== "number") return { ticks: [...ticks] };
  if (scale !== "log" || domain === undefined) return { ticks };
  return { ticks: logTicks(domain, ticks) };
}

/** Powers of ten, thinned to about `count`; over less than two of them 1, 2 and 5 times each. */
export function logTicks([low, high]: readonly [number, number], count: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const wide = Math.log10(high / low) >= 2;
  const every = wide ? Math.max(1, Math.ceil((last - first) / count)) : 1;
  const ticks: number[] = [];
  for (let power = first; power <= last; power += every) {
    for (const digit of wide ? [1] : [1, 2, 5]) ticks.push(Number(`${digit}e${power}`));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

function textOf({ tickText, scale }: PanelAxis): {
  readonly tickFormat?: (value: number) => string;
  readonly text?: (value: number) => string;
} {
  // On a logarithmic scale Plot leaves out texts by a rule of its own, unless told each one.
  if (scale === "log") return { text: tickText ?? shortNumber };
  return tickText === undefined ? {} : { tickFormat: tickText };
}

/** The bottom axis, as all panels have it. */
export function bottomAxis(x: PanelAxis): Plot.Markish {
  return Plot.axisX({
    ...ticksOf(x),
    ...textOf(x),
    tickSize: 4,
    label: x.label,
    labelAnchor: "center",
    labelArrow: "none",
    labelOffset: 32,
    color: MUTED,
  });
}

/** `0.01`, `20`, `10⁶`: what fits below a tick. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e5)) {
    return String(Number(value.toPrecision(3))).replace("-", "−");
  }
  const text = powerOfTen(value, 2).replace(/\.?0+·/, "·");
  return text.replace(/^1·/, "");
}

/** Labels right of the points they name, moved apart where they would overlap. */
export function pointLabels(frame: PlotFrame, labels: readonly PointLabel[]): Plot.Markish[] {
  const { domain, scale, label } = frame.y;
  const [bottom, top] = domain;
  const plotHeight = frame.height - MARGIN_TOP - (label === "" ? 0 : 14) - MARGIN_BOTTOM;
  const inside = labels.map(({ y }) => Math.min(top, Math.max(bottom, y)));
  const wanted = inside.map((y) => (1 - shareAlong(y, domain, scale)) * plotHeight);
  const placed = spreadLabels(wanted, { gap: LABEL_GAP, low: 4, high: plotHeight - 4 });
  return labels.map(({ x, text, color, bold }, i) =>
    Plot.text([{ x, y: inside[i]! }], {
      x: "x",
      y: "y",
      dx: 8,
      dy: placed[i]! - wanted[i]!,
      text: () => text,
      textAnchor: "start",
      fill: color,
      fontWeight: bold ? 600 : 400,
    }),
  );
}

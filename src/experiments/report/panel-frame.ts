import * as Plot from "@observablehq/plot";
import type { PanelFrame } from "./panel-layout.ts";
import { spreadLabels } from "./spread-labels.ts";

export interface EndLabel {
  readonly step: number;
  readonly value: number;
  readonly text: string;
  readonly color: string;
  readonly bold: boolean;
}

const MARGIN_TOP = 14;
const MARGIN_BOTTOM = 38;
/** Distance between the baselines of two labels, in px. */
const LABEL_GAP = 15;

/** Draws marks in a frame, as SVG text. Colours are CSS variables of the page around it. */
export function drawPanel(frame: PanelFrame, marks: readonly Plot.Markish[]): string {
  const { width, height, yDomain, document, marginLeft, marginRight, xTicks, tickText } = frame;
  const muted = "var(--muted)";
  const steps = { label: "training steps", labelAnchor: "center", labelArrow: "none" } as const;
  const plot = Plot.plot({
    document,
    width,
    height,
    marginTop: MARGIN_TOP,
    marginBottom: MARGIN_BOTTOM,
    marginLeft,
    marginRight,
    style: { fontSize: "12px", fontFamily: "inherit", background: "none", overflow: "visible" },
    y: { domain: [...yDomain] },
    marks: [
      Plot.gridY({ ticks: 5, stroke: "var(--grid)", strokeOpacity: 1 }),
      Plot.axisX({ ...steps, ticks: xTicks, tickSize: 4, labelOffset: 32, color: muted }),
      Plot.axisY({
        ticks: 5,
        tickSize: 0,
        label: null,
        color: muted,
        ...(tickText && { tickFormat: tickText }),
      }),
      ...marks,
    ],
  });
  return plot.outerHTML;
}

/** Labels right of the points they name, moved apart where they would overlap. */
export function endLabels(frame: PanelFrame, labels: readonly EndLabel[]): Plot.Markish[] {
  const [bottom, top] = frame.yDomain;
  const plotHeight = frame.height - MARGIN_TOP - MARGIN_BOTTOM;
  const inside = labels.map(({ value }) => Math.min(top, Math.max(bottom, value)));
  const wanted = inside.map((value) => ((top - value) / (top - bottom)) * plotHeight);
  const placed = spreadLabels(wanted, { gap: LABEL_GAP, low: 4, high: plotHeight - 4 });
  return labels.map(({ step, text, color, bold }, i) =>
    Plot.text([{ step, value: inside[i]! }], {
      x: "step",
      y: "value",
      dx: 8,
      dy: placed[i]! - wanted[i]!,
      text: () => text,
      textAnchor: "start",
      fill: color,
      fontWeight: bold ? 600 : 400,
    }),
  );
}

/** Panels over training: what `curvePanel` and `percentilePanel` share. */
import type * as Plot from "@observablehq/plot";
import type { PanelFrame } from "./panel-layout.ts";
import { drawFrame, type PlotFrame, pointLabels } from "./plot-frame.ts";

export interface EndLabel {
  readonly step: number;
  readonly value: number;
  readonly text: string;
  readonly color: string;
  readonly bold: boolean;
}

/** Draws marks against training steps, as SVG text. */
export function drawPanel(frame: PanelFrame, marks: readonly Plot.Markish[]): string {
  return drawFrame(overSteps(frame), marks);
}

/** Labels right of the points they name. */
export function endLabels(frame: PanelFrame, labels: readonly EndLabel[]): Plot.Markish[] {
  return pointLabels(
    overSteps(frame),
    labels.map(({ step, value, ...rest }) => ({ x: step, y: value, ...rest })),
  );
}

function overSteps({ yDomain, xTicks, tickText, ...frame }: PanelFrame): PlotFrame {
  return {
    ...frame,
    x: { label: "training steps", ticks: xTicks },
    y: { label: "", domain: yDomain, ...(tickText && { tickText }) },
  };
}

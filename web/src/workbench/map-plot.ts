import type { PlotOptions } from "@observablehq/plot";
import type { PlotLibrary } from "../charts/index.ts";
import type { ProbeEvent } from "../engine/index.ts";

/** The plane, each point in the colour of the likeliest class, the stronger the surer. */
export function mapPlot(library: PlotLibrary, { values }: ProbeEvent, width: number): PlotOptions {
  const [x1 = 0, x2 = 1, y1 = 0, y2 = 1] = values["bounds"] as readonly number[];
  const classes = values["classes"] as number;
  const probabilities = values["probabilities"] as readonly number[];
  const side = Math.sqrt(probabilities.length / classes);
  const cells = Array.from({ length: side * side }, (_, cell) => {
    const of = probabilities.slice(cell * classes, (cell + 1) * classes);
    const best = of.indexOf(Math.max(...of));
    const [column, row] = [cell % side, Math.floor(cell / side)];
    return {
      x1: x1 + ((x2 - x1) * column) / side,
      x2: x1 + ((x2 - x1) * (column + 1)) / side,
      y1: y1 + ((y2 - y1) * row) / side,
      y2: y1 + ((y2 - y1) * (row + 1)) / side,
      best,
      // From no better than chance to certain.
      sure: (of[best]! - 1 / classes) / (1 - 1 / classes),
    };
  });
  return {
    width,
    x: { label: "first input", domain: [x1, x2] },
    y: { label: "second input", domain: [y1, y2] },
    style: { fontSize: "12px", background: "transparent" },
    marks: [
      library.rect(cells, {
        x1: "x1",
        x2: "x2",
        y1: "y1",
        y2: "y2",
        fill: ({ best }: { readonly best: number }) => `var(--arm-${best % 6})`,
        fillOpacity: ({ sure }: { readonly sure: number }) => 0.08 + 0.6 * sure,
        shapeRendering: "crispEdges",
      }),
      library.dot(examplesOf(values), {
        x: "x",
        y: "y",
        r: 2.5,
        fill: ({ label }: { readonly label: number }) => `var(--arm-${label % 6})`,
        stroke: "var(--sheet)",
        strokeWidth: 0.8,
      }),
    ],
  };
}

function examplesOf(
  values: ProbeEvent["values"],
): readonly { readonly x: number; readonly y: number; readonly label: number }[] {
  const points = values["points"] as readonly number[];
  const labels = values["labels"] as readonly number[];
  return labels.map((label, i) => ({ x: points[2 * i]!, y: points[2 * i + 1]!, label }));
}

import type { PlotOptions } from "@observablehq/plot";
import type { PlotLibrary } from "../../charts/index.ts";
import { sampleCounts } from "./averaging-settings.ts";

/** Accuracy of k averaged predictions, a dot per draw, against that of the scaled network. */
export function averagingPlot(
  library: PlotLibrary,
  draws: readonly { readonly samples: number; readonly accuracy: number }[],
  scaled: number | null,
): PlotOptions {
  const means = sampleCounts.flatMap((samples) => {
    const found = draws.filter((draw) => draw.samples === samples);
    if (found.length === 0) return [];
    return [
      { samples, accuracy: found.reduce((sum, one) => sum + one.accuracy, 0) / found.length },
    ];
  });
  const at = { x: "samples", y: "accuracy" };
  return {
    marginLeft: 48,
    marginBottom: 34,
    x: {
      label: "thinned networks averaged, k",
      type: "log",
      domain: [1.7, 60],
      ticks: [...sampleCounts],
      tickFormat: "d",
    },
    y: { label: "test accuracy (%)", percent: true, grid: true, domain: [50, 100] },
    style: { fontSize: "12px", background: "transparent" },
    marks: [
      ...(scaled === null
        ? []
        : [
            library.ruleY([scaled], { stroke: "var(--arm-0)", strokeWidth: 2 }),
            library.text(["weights scaled"], {
              x: () => 1.7,
              y: () => scaled,
              dx: 4,
              dy: -9,
              textAnchor: "start",
              fill: "var(--arm-0)",
            }),
          ]),
      library.dot(draws, { ...at, r: 3, stroke: "var(--arm-1)" }),
      library.lineY(means, { ...at, stroke: "var(--arm-1)", strokeDasharray: "5 4" }),
    ],
  };
}

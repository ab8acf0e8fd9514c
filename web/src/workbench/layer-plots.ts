import type { PlotOptions } from "@observablehq/plot";
import type { PlotLibrary } from "../charts/index.ts";
import type { ProbeEvent } from "../engine/index.ts";
import { probeSeries } from "../record/series.ts";
import type { TrainingRecord } from "../record/training-record.ts";

const frame = { marginLeft: 48, style: { fontSize: "12px", background: "transparent" } } as const;

/** The spread of a layer's outputs over time: half of them in the dark band, nine tenths in the light. */
export function percentilePlot(
  library: PlotLibrary,
  record: TrainingRecord,
  arm: number,
  path: string,
): PlotOptions {
  const tracks = [0, 1, 2, 3, 4].map((at) =>
    probeSeries(record, arm, "activations", `${path}/percentiles`, at),
  );
  const rows = tracks[2]!.map(({ x, y }, i) => ({
    x,
    y,
    p5: tracks[0]![i]!.y,
    p25: tracks[1]![i]!.y,
    p75: tracks[3]![i]!.y,
    p95: tracks[4]![i]!.y,
  }));
  const fill = `var(--arm-${arm})`;
  return {
    ...frame,
    x: { label: "step" },
    y: { label: "output", grid: true },
    marks: [
      library.areaY(rows, { x: "x", y1: "p5", y2: "p95", fill, fillOpacity: 0.15 }),
      library.areaY(rows, { x: "x", y1: "p25", y2: "p75", fill, fillOpacity: 0.25 }),
      library.lineY(rows, { x: "x", y: "y", stroke: fill }),
    ],
  };
}

export function histogramPlot(
  library: PlotLibrary,
  event: ProbeEvent | null,
  path: string,
  fill: string,
): PlotOptions {
  const found = event?.values[`${path}/histogram`];
  const [low = 0, high = 1, ...bars] = typeof found === "object" ? found : [];
  const width = (high - low) / Math.max(1, bars.length);
  const rects = bars.map((share, i) => ({ x1: low + i * width, x2: low + (i + 1) * width, share }));
  return {
    ...frame,
    x: { label: "output" },
    y: { label: "values (%)", grid: true, percent: true },
    marks: [
      library.rectY(rects, { x1: "x1", x2: "x2", y: "share", fill, insetLeft: 1 }),
      library.ruleY([0]),
    ],
  };
}

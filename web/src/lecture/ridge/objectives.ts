/** The three formulas of the chapter, and their picture. */
import type { PlotOptions } from "@observablehq/plot";
import type { PlotLibrary } from "../../charts/index.ts";
import { countMasks } from "./count-masks.ts";
import { marginalLoss, printedFourthLine, printedThirdLine, type Regression } from "./ridge.ts";

interface Objective {
  readonly name: string;
  readonly color: string;
  readonly dash: string | null;
  /** Where the line's name stands: beside it, on the side where no other line is. */
  readonly nameAt: { readonly keep: number; readonly dy: number };
  of(regression: Regression, weights: readonly number[], keep: number): number;
}

export const objectives: readonly Objective[] = [
  {
    name: "the formula above",
    color: "var(--arm-0)",
    dash: null,
    nameAt: { keep: 0.3, dy: 14 },
    of: marginalLoss,
  },
  {
    name: "printed on the way",
    color: "var(--arm-1)",
    dash: "7 4",
    nameAt: { keep: 0.3, dy: -9 },
    of: printedThirdLine,
  },
  {
    name: "printed at the end",
    color: "var(--arm-5)",
    dash: "2 4",
    nameAt: { keep: 0.1, dy: -9 },
    of: printedFourthLine,
  },
];

const fine = Array.from({ length: 41 }, (_, i) => i / 40);
const coarse = Array.from({ length: 11 }, (_, i) => i / 10);

/** Expected loss of fixed weights against the probability to keep: counted as dots, printed as lines. */
export function objectivePlot(
  library: PlotLibrary,
  regression: Regression,
  weights: readonly number[],
  keep: number,
): PlotOptions {
  const counted = countMasks(regression, weights, "entry");
  const dots = coarse.map((at) => ({ keep: at, loss: counted.expectedLoss(at) }));
  const lines = objectives.map((one) => ({
    ...one,
    points: fine.map((at) => ({ keep: at, loss: one.of(regression, weights, at) })),
  }));
  const names = objectives.map((one) => ({
    ...one,
    keep: one.nameAt.keep,
    loss: one.of(regression, weights, one.nameAt.keep),
  }));
  return {
    marginLeft: 44,
    marginBottom: 34,
    x: { label: "probability to keep", domain: [0, 1] },
    y: { label: "expected squared error", grid: true, zero: true },
    style: { fontSize: "12px", background: "transparent" },
    marks: [
      library.ruleX([keep], { stroke: "var(--ink-soft)", strokeDasharray: "1 3" }),
      ...lines.map(({ points, color, dash }) =>
        library.lineY(points, {
          x: "keep",
          y: "loss",
          stroke: color,
          strokeWidth: 2,
          ...(dash !== null && { strokeDasharray: dash }),
        }),
      ),
      library.dot(dots, { x: "keep", y: "loss", r: 3.5, fill: "var(--ink)" }),
      ...names.map((one) =>
        library.text([one], {
          x: "keep",
          y: "loss",
          text: "name",
          dy: one.nameAt.dy,
          textAnchor: one.nameAt.dy > 0 ? "end" : "start",
          fill: one.color,
          stroke: "var(--paper)",
          strokeWidth: 4,
        }),
      ),
    ],
  };
}

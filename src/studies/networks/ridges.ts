/** A layer's distributions over training as ridges: panels of all arms on one axis. */
import {
  ridgePanel,
  tallestRidge,
  type DataTable,
  type Panel,
  type PanelSize,
  type Ridge,
  type RunResult,
  type StudyResult,
} from "../../experiments/index.ts";
import { count, percent } from "../number-text.ts";

/** The bins of every histogram of activations; what lies outside is told in the table. */
export const ACTIVATION_BINS = { from: -4, to: 4, count: 64 } as const;

/** About this many rows are enough to see a drift. */
const ROWS = 12;

export interface RidgesOptions {
  readonly result: Pick<StudyResult, "protocol" | "runs" | "seeds">;
  /** The histogram probes and what their panels are called, such as `layer 3`. */
  readonly probes: readonly { readonly name: string; readonly title: string }[];
  readonly size: PanelSize;
}

interface Row extends Ridge {
  readonly step: number;
  /** Share of the activations outside the bins. */
  readonly outside: number;
  readonly middle: number | null;
}

/** Panels row by row: all arms of the first probe, then of the next; seed: the first. */
export function ridgePanels({ result, probes, size }: RidgesOptions): {
  readonly panels: readonly Panel[];
  readonly numbers: DataTable;
  readonly alternative: string;
} {
  const drawn = probes.flatMap(({ name, title }) => {
    const arms = result.protocol.arms.map(({ id, short }, arm) => {
      const run = result.runs.find((one) => one.arm === id && one.seed === result.seeds[0]);
      return { title: `${title}, ${short}`, short, layer: title, arm, rows: rowsOf(run, name) };
    });
    // One arm whose distribution collapses to a spike must not flatten all others.
    const heights = arms.map(({ rows }) => tallestRidge(rows)).toSorted((a, b) => a - b);
    const tallest = heights[Math.floor(heights.length / 2)]!;
    return arms.map((panel) => ({ ...panel, tallest }));
  });
  const { from, to } = ACTIVATION_BINS;
  return {
    panels: drawn.map(({ title, arm, rows, tallest }) => ({
      title,
      svg: ridgePanel({
        ...size,
        ridges: rows,
        arm,
        tallest,
        x: { label: "activation", domain: [from, to] },
      }),
    })),
    numbers: {
      columns: ["layer", "arm", "step", "median", `outside [${from}, ${to}]`],
      rows: drawn.flatMap(({ layer, short, rows }) =>
        rows.map(({ step, middle, outside }) => [
          layer,
          short,
          step,
          middle === null ? "–" : middle.toFixed(2).replace("-", "−"),
          percent(outside),
        ]),
      ),
    },
    alternative: drawn
      .map(({ title, rows }) => {
        const middles = rows.flatMap(({ middle }) => (middle === null ? [] : [middle]));
        const ends = [Math.min(...middles), Math.max(...middles)];
        return middles.length === 0
          ? `${title}: nothing was seen.`
          : `${title}: the median stays between ${ends.map((end) => end.toFixed(2).replace("-", "−")).join(" and ")}.`;
      })
      .join(" "),
  };
}

function rowsOf(run: RunResult | undefined, probe: string): Row[] {
  const { steps = [], values = {} } = run?.probes[probe] ?? {};
  const { from, to, count: bins } = ACTIVATION_BINS;
  const edges = Array.from({ length: bins + 1 }, (_, i) => from + (i * (to - from)) / bins);
  const stride = Math.max(1, Math.ceil((steps.length - 1) / (ROWS - 1)));
  return steps.flatMap((step, i): Row[] => {
    if (i % stride !== 0) return [];
    const counts = values["counts"]![i] as readonly number[];
    const outside = ["below", "above", "lost"].map((name) => Number(values[name]![i]));
    const inside = counts.reduce((sum, one) => sum + one, 0);
    const total = inside + outside.reduce((sum, one) => sum + one, 0);
    return [
      {
        name: count(step),
        step,
        edges,
        counts,
        outside: 1 - inside / total,
        middle: medianOf(counts, edges, Number(values["below"]![i]), total),
      },
    ];
  });
}

/** By the bins, as if their activations were spread evenly in them; null if it lies outside. */
function medianOf(
  counts: readonly number[],
  edges: readonly number[],
  below: number,
  total: number,
): number | null {
  let left = total / 2 - below;
  if (left < 0) return null;
  for (const [i, one] of counts.entries()) {
    if (left <= one && one > 0) return edges[i]! + (left / one) * (edges[i + 1]! - edges[i]!);
    left -= one;
  }
  return null;
}

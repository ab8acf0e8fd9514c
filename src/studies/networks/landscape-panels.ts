/** The loss landscape along the gradient over training, drawn as the paper draws it. */
import {
  linePanel,
  type DataTable,
  type LineSeries,
  type Panel,
  type PanelSize,
  type RunResult,
  type StudyResult,
} from "../../experiments/index.ts";
import { NOT_FINITE } from "../../probes/index.ts";
import { LANDSCAPE } from "./landscape-measures.ts";
import { armLines, describeLines, linesTable, probePoints } from "./probe-lines.ts";

export interface LandscapePanelsOptions {
  readonly result: Pick<StudyResult, "protocol" | "runs" | "seeds">;
  /** Ids of the arms in these panels: one network at one learning rate. */
  readonly arms: readonly string[];
  readonly learningRate: number;
  readonly scale: "linear" | "log";
  readonly size: PanelSize;
}

/** Loss range and change of the gradient as bands of the first seed; β as means over seeds. */
export function landscapePanels(options: LandscapePanelsOptions): {
  readonly panels: readonly Panel[];
  readonly numbers: DataTable;
  readonly alternative: string;
} {
  const { result, arms, learningRate, scale, size } = options;
  const loss = bands(options, { value: "loss", low: "lossMin", high: "lossMax" });
  const change = bands(options, { value: "distanceMax", low: "distanceMin", high: "distanceMax" });
  const beta = armLines(result, {
    arms,
    points: (run) => probePoints(run, { probe: LANDSCAPE, value: "smoothness" }),
    band: "range",
  });
  const x = { label: "training steps", ticks: 4 };
  const limit = 2 / learningRate;
  const drawn = [
    { panel: "loss along the gradient", lines: loss, label: "loss", rules: [] },
    { panel: "change of the gradient", lines: change, label: "‖g − g′‖", rules: [] },
    {
      panel: "effective β",
      lines: beta,
      label: "β",
      rules: [{ value: limit, text: "2 / learning rate" }],
    },
  ];
  return {
    panels: drawn.map(({ panel, lines, label, rules }) => ({
      title: panel,
      svg: linePanel({ ...size, series: lines, x, y: { label, scale }, rules }),
    })),
    numbers: linesTable(drawn, short),
    alternative: drawn
      .map(({ panel, lines }) => `${panel}: ${describeLines(lines, short)}.`)
      .join(" "),
  };
}

function bands(
  { result, arms }: LandscapePanelsOptions,
  names: { readonly value: string; readonly low: string; readonly high: string },
): LineSeries[] {
  const { protocol, runs, seeds } = result;
  return protocol.arms.flatMap(({ id, short: name }, arm): LineSeries[] => {
    const run = runs.find((one) => one.arm === id && one.seed === seeds[0]);
    if (!arms.includes(id) || run === undefined) return [];
    const [value, low, high] = [names.value, names.low, names.high].map((key) => seen(run, key));
    const points = value!.map((point, i) => ({ ...point, low: low![i]!.y, high: high![i]!.y }));
    return [{ name, arm, points }];
  });
}

/** What is not finite is not drawn. */
function seen(run: RunResult, value: string): { x: number; y: number }[] {
  return probePoints(run, { probe: LANDSCAPE, value }).map(({ x, y }) => ({
    x,
    y: Math.abs(y) < NOT_FINITE ? y : NaN,
  }));
}

function short(value: number): string {
  const [size, power] = [Math.abs(value), Number(value.toPrecision(3))];
  const plain = size === 0 || (size >= 1e-3 && size < 1e6);
  return (plain ? String(power) : value.toExponential(2)).replaceAll("-", "−");
}

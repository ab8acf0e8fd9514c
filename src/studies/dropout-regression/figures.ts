/** The identity in pictures: the loss against the keep probability, and the weights. */
import {
  linePanel,
  pairedSeeds,
  seedSeries,
  type DataTable,
  type Figure,
  type LineSeries,
  type RunResult,
  type StudyResult,
} from "../../experiments/index.ts";
import { lastNumbers } from "../dropout-parts/probe-numbers.ts";
import { fixed } from "../number-text.ts";
import { KEEP, KEEPS } from "./compare.ts";
import { FORMULAS, LEARNED } from "./measures.ts";

const PANEL = { width: 440, height: 310 };

/** By their names among the probe’s values. The styles are not those of the arms, which are problems. */
const CURVES = [
  { name: "formula", short: "formula", arm: 3 },
  { name: "line-3", short: "line 3", arm: 4 },
  { name: "line-4", short: "line 4", arm: 2 },
] as const;

export function regressionFigures(result: StudyResult, document: Document): readonly Figure[] {
  return [lossFigure(result, document), weightFigure(result, document)];
}

/** Runs of an arm, in the order of their seeds. */
function runsOf({ runs }: StudyResult, arm: string): readonly RunResult[] {
  return runs.filter((run) => run.arm === arm);
}

/** A formula's loss divided by that over all masks, against the keep probability. */
function ratios(run: RunResult, name: string): { readonly x: number; readonly y: number }[] {
  const exact = lastNumbers(run, FORMULAS, "enumerated");
  const said = lastNumbers(run, FORMULAS, name);
  return KEEPS.flatMap((x, at) => {
    const [above, below] = [said[at], exact[at]];
    return above === undefined || below === undefined ? [] : [{ x, y: above / below }];
  });
}

function lossFigure(result: StudyResult, document: Document): Figure {
  const { arms } = result.protocol;
  const series = arms.map(({ id }) =>
    CURVES.map(({ name, short, arm }): LineSeries => {
      const seeds = runsOf(result, id).map((run) => ({
        seed: run.seed,
        points: ratios(run, name),
      }));
      return { ...seedSeries({ name: short, arm, seeds }), dots: true };
    }),
  );
  const last = series.map((lines, at) => describeRatios(arms[at]!.label, lines));
  return {
    id: "loss",
    key: "none",
    title: "What each formula says of the loss over all masks",
    caption:
      `Each formula’s loss divided by the mean loss over all masks, at the weights that minimise the latter, against the probability to keep an input; 1 is right. ` +
      `Means over ${pairedSeeds(result.seeds.length)} with their 95 % t-intervals; thin lines: single seeds. Computed in float64; no network takes part. The paper has no figure of this.`,
    alternative: last.join(" "),
    panels: arms.map(({ label }, at) => ({
      title: capital(label),
      svg: linePanel({
        series: series[at]!,
        x: { label: "probability to keep an input", domain: [0, 1], ticks: 5 },
        y: { label: "loss said ÷ loss over all masks" },
        rules: [{ value: 1, text: "" }],
        document,
        ...PANEL,
      }),
    })),
    numbers: ratioTable(
      arms.map(({ short }) => short),
      series,
    ),
  };
}

function describeRatios(problem: string, lines: readonly LineSeries[]): string {
  const said = lines.map(({ name, points }) => {
    const values = points.map(({ y }) => y);
    return `${name} ${fixed(Math.min(...values), 3)} to ${fixed(Math.max(...values), 3)} times`;
  });
  return `On ${problem}, over the keep probabilities, the formulas say on average: ${said.join(", ")} the loss over all masks.`;
}

function ratioTable(problems: readonly string[], series: readonly LineSeries[][]): DataTable {
  const columns = problems.flatMap((problem) => CURVES.map(({ short }) => `${problem}: ${short}`));
  const rows = KEEPS.map((keep) => [
    keep.toFixed(1),
    ...series.flatMap((lines) =>
      lines.map(({ points }) => fixed(points.find(({ x }) => x === keep)?.y, 4)),
    ),
  ]);
  return { columns: ["keep", ...columns], rows };
}

const WEIGHTS = [
  { name: "learned", short: "learned with dropout", arm: 5 },
  { name: "formula", short: "closed form", arm: 3 },
  { name: "line-3", short: "line 3", arm: 4 },
  { name: "line-4", short: "line 4", arm: 2 },
] as const;

function weightFigure(result: StudyResult, document: Document): Figure {
  const { arms } = result.protocol;
  const [seed] = result.seeds;
  const shown = arms.flatMap(({ id, label }) => {
    const run = runsOf(result, id).find((candidate) => candidate.seed === seed);
    if (run === undefined) return [];
    const lines = WEIGHTS.map(({ name, short, arm }): LineSeries => {
      const values = lastNumbers(run, LEARNED, name);
      const points = values.map((y, at) => ({ x: at + 1, y }));
      return { name: short, arm, points, dots: true };
    });
    return [{ id, label, lines, run }];
  });
  return {
    id: "weights",
    key: "none",
    title: "What gradient descent with dropout learns",
    caption: `The eight weights at test time (p · w), keep ${KEEP}, seed ${seed}: learned by gradient descent with the dropout layer, and by each formula. Lines join the weights of one solution for the eye only.`,
    alternative: shown.map(({ label, run }) => describeDistances(label, run)).join(" "),
    panels: shown.map(({ label, lines }) => ({
      title: capital(label),
      svg: linePanel({
        series: lines,
        x: { label: "input", ticks: [1, 2, 3, 4, 5, 6, 7, 8] },
        y: { label: "weight" },
        document,
        ...PANEL,
      }),
    })),
    numbers: {
      columns: ["problem", "input", ...WEIGHTS.map(({ short }) => short)],
      rows: shown.flatMap(({ label, lines }) =>
        lines[0]!.points.map(({ x }, at) => [
          label,
          x,
          ...lines.map(({ points }) => fixed(points[at]?.y, 4)),
        ]),
      ),
    },
  };
}

function describeDistances(label: string, run: RunResult): string {
  const [formula, three, four] = ["formula", "line-3", "line-4"].map((name) => {
    const [share] = lastNumbers(run, LEARNED, `${name}-distance`);
    return share === undefined ? "an unknown share" : `${(share * 100).toFixed(1)} %`;
  });
  return `On ${label} the learned weights are ${formula} away from the closed form, ${three} from line 3 and ${four} from line 4.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

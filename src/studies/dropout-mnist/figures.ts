/** The paper's table 2 as dots on intervals, and its figure 4: error over training. */
import {
  dotPanel,
  dotRows,
  linePanel,
  pairedSeeds,
  seedSeries,
  type Figure,
  type LineSeries,
  type StudyResult,
} from "../../experiments/index.ts";
import { count, percentExact, percentInterval } from "../number-text.ts";

/** Errors the paper prints for its networks of three layers of 1,024 units (two for Gaussian), in %. */
const PAPER: Readonly<Record<string, string>> = {
  logistic: "1.60 (2 × 800)",
  "logistic-dropout": "1.35",
  relu: "–",
  "relu-max-norm": "1.35 (1024-1024-2048)",
  "relu-dropout": "1.25",
  "relu-dropout-max-norm": "1.06",
  "relu-dropout-max-norm-wide": "1.04",
  "relu-gaussian-max-norm": "0.95 (2 × 1024)",
};

export function mnistFigures(result: StudyResult, document: Document): readonly Figure[] {
  return [tableFigure(result, document), trainingFigure(result, document)];
}

function tableFigure(result: StudyResult, document: Document): Figure {
  const rows = dotRows(result, result.measures["test-error"]!);
  const { arms } = result.protocol;
  return {
    id: "test-error",
    title: "Test error by method",
    caption: `Share of the 10,000 test digits classified wrongly after the last step, all units in use, no noise. Large dots: mean over ${pairedSeeds(result.seeds.length)}; lines: its 95 % t-interval; small dots: single seeds. The paper’s tables 2, 9 and 10 as a picture; its own numbers are in the table below and are of larger networks and longer training.`,
    alternative: rows
      .map(({ name, mean }) => `${name}: ${mean === null ? "no value" : percentExact(mean)}.`)
      .join(" "),
    columns: 1,
    panels: [
      {
        title: "Test error",
        svg: dotPanel({
          rows,
          x: { label: "test error", tickText: percentOneDigit },
          width: 760,
          document,
        }),
      },
    ],
    numbers: {
      columns: ["method", "mean", "95 % interval", "paper, %"],
      rows: rows.map(({ mean, low, high }, at) => [
        arms[at]!.label,
        mean === null ? "–" : percentExact(mean),
        percentInterval(low, high),
        PAPER[arms[at]!.id] ?? "–",
      ]),
    },
  };
}

const GROUPS = [
  { title: "Logistic units", arms: ["logistic", "logistic-dropout"] },
  {
    title: "ReLU",
    arms: ["relu", "relu-max-norm", "relu-dropout", "relu-dropout-max-norm"],
  },
] as const;

function trainingFigure(result: StudyResult, document: Document): Figure {
  const drawn = GROUPS.map(({ title, arms }) => ({
    title,
    series: arms.map((arm) => errorCurve(result, arm)),
  }));
  const last = drawn.flatMap(({ series }) =>
    series.flatMap(({ points }) => points.at(-1)?.y ?? []),
  );
  const top = 3 * Math.max(0.001, ...last);
  return {
    id: "training",
    title: "Test error over training",
    caption: `As above, at each evaluation. Thick lines: mean over ${pairedSeeds(result.seeds.length)}; bands: its 95 % t-interval; thin lines: single seeds. Errors above ${percentExact(top)}, at the start, are cut off. The paper’s figure 4 shows this for six architectures with one set of hyperparameters.`,
    alternative: drawn
      .map(({ title, series }) => `${title}: ${series.map(describe).join("; ")}.`)
      .join(" "),
    panels: drawn.map(({ title, series }) => ({
      title,
      svg: linePanel({
        series,
        x: { label: "training steps", ticks: 5 },
        y: { label: "test error", domain: [0, top], tickText: percentOneDigit },
        width: 440,
        height: 310,
        document,
      }),
    })),
    numbers: {
      columns: ["units", "method", "step", "mean", "95 % interval"],
      rows: drawn.flatMap(({ title, series }) =>
        series.flatMap(({ name, points }) =>
          points.map(({ x, y, low, high }) => [
            title,
            name,
            count(x),
            percentExact(y),
            percentInterval(low, high),
          ]),
        ),
      ),
    },
  };
}

function errorCurve({ protocol, runs }: StudyResult, id: string): LineSeries {
  const arm = protocol.arms.findIndex((known) => known.id === id);
  const seeds = runs
    .filter((run) => run.arm === id)
    .map(({ seed, curve }) => ({
      seed,
      points: curve.flatMap(({ step, accuracy }) =>
        accuracy === null || step === 0 ? [] : [{ x: step, y: 1 - accuracy }],
      ),
    }));
  return seedSeries({ name: protocol.arms[arm]?.short ?? id, arm, seeds });
}

function describe({ name, points }: LineSeries): string {
  const said = [points[0], points.at(-1)].flatMap((point) =>
    point === undefined ? [] : [`${percentExact(point.y)} at step ${count(point.x)}`],
  );
  return `${name} ${said.join(", ")}`;
}

function percentOneDigit(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** The paper's figure 1, and mean and variance by depth. */
import {
  linePanel,
  pairedSeeds,
  seedSeries,
  type Figure,
  type LineSeries,
  type PanelAxis,
  type StudyResult,
} from "../../experiments/index.ts";
import { accuracyFigure } from "../accuracy-figure.ts";
import { count, fixed } from "../number-text.ts";
import { armId, KIND_NAMES } from "./arms.ts";
import { DOMAIN, LAYERS, TRAINING_LOSS } from "./measures.ts";
import { depths, kinds, type Depth, type Kind } from "./model.ts";

const PANEL = { width: 440, height: 300 };
/** Of each line, this many places are said in words and in the table. */
const SAID = 5;

export function deepFigures(result: StudyResult, document: Document): readonly Figure[] {
  const groups = depths.map((depth) => ({
    title: `${depth} hidden layers`,
    arms: kinds.map((kind) => armId({ kind, depth })),
  }));
  return [
    lossFigure(result, document),
    depthFigure(result, document, "unitVariance"),
    depthFigure(result, document, "mean"),
    accuracyFigure({
      id: "accuracy",
      title: "Test accuracy over training",
      caption: "Batch normalization with its running statistics.",
      groups,
      yDomain: [0, 1],
      result,
      document,
    }),
  ];
}

interface Drawn {
  readonly title: string;
  readonly series: readonly LineSeries[];
}

function lossFigure(result: StudyResult, document: Document): Figure {
  const drawn = kinds.map((kind) => ({
    title: KIND_NAMES[kind],
    series: depths.map((depth) => lossLine(result, kind, depth)),
  }));
  return figureOf(result, document, {
    id: "training-loss",
    title: "Training loss by depth",
    caption:
      "Mean cross-entropy over 2,560 training examples without dropout, on a logarithmic axis, one panel for each kind of net and one line for each depth, each at its own best learning rate.",
    drawn,
    x: { label: "training steps", ticks: 5 },
    y: { label: "training loss, nats", scale: "log", domain: commonRange(drawn) },
  });
}

function lossLine(result: StudyResult, kind: Kind, depth: Depth): LineSeries {
  return lineOf(result, kind, depth, ({ probes }) => {
    const { steps = [], values = {} } = probes[TRAINING_LOSS] ?? {};
    return steps.map((x, i) => ({ x, y: Number(values["loss"]?.[i] ?? NaN) }));
  });
}

function depthFigure(
  result: StudyResult,
  document: Document,
  column: "mean" | "unitVariance",
): Figure {
  const name = column === "mean" ? "mean" : "variance";
  const moments = [
    { when: "before training", at: 0 },
    { when: "after training", at: -1 },
  ] as const;
  const deepest = depths.at(-1)!;
  const drawn = moments.map(({ when, at }) => ({
    title: `${deepest} hidden layers, ${when}`,
    series: kinds.map((kind) =>
      lineOf(result, kind, deepest, ({ probes }) => {
        const layers = probes[LAYERS]?.values[column]?.at(at);
        return Array.isArray(layers)
          ? (layers as readonly number[]).map((y, layer) => ({ x: layer + 1, y }))
          : [];
      }),
    ),
  }));
  const [low, high] = column === "mean" ? [-DOMAIN.mean, DOMAIN.mean] : [DOMAIN.low, DOMAIN.high];
  return figureOf(result, document, {
    id: `${name}-by-depth`,
    title: column === "mean" ? "The mean of each layer" : "The variance of each layer",
    caption:
      `${column === "mean" ? "Mean of a layer’s outputs" : "Variance of a unit’s output, averaged over the layer"}, 2,560 training examples, no dropout. ` +
      `Dotted: the domain [${fixed(low, 1)}, ${fixed(high, 1)}] of the paper’s theorem 1.`,
    drawn,
    x: { label: "hidden layer", ticks: 5 },
    y: { label: `${name} of the outputs` },
    rules: [low, high],
  });
}

function lineOf(
  { protocol, runs }: StudyResult,
  kind: Kind,
  depth: Depth,
  points: (
    run: StudyResult["runs"][number],
  ) => readonly { readonly x: number; readonly y: number }[],
): LineSeries {
  const id = armId({ kind, depth });
  const arm = protocol.arms.findIndex((known) => known.id === id);
  const seeds = runs
    .filter((run) => run.arm === id)
    .map((run) => ({ seed: run.seed, points: points(run).filter(({ y }) => Math.abs(y) < 1e300) }));
  return seedSeries({ name: protocol.arms[arm]?.short ?? id, arm, seeds });
}

interface Parts {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly drawn: readonly Drawn[];
  readonly x: PanelAxis;
  readonly y: PanelAxis;
  readonly rules?: readonly number[];
}

function figureOf(result: StudyResult, document: Document, parts: Parts): Figure {
  const { id, title, caption, drawn, x, y, rules = [] } = parts;
  const said = ({ points }: LineSeries) =>
    [
      ...new Set(
        Array.from({ length: SAID }, (_, i) => Math.round((i / (SAID - 1)) * (points.length - 1))),
      ),
    ].flatMap((place) => points[place] ?? []);
  return {
    id,
    title,
    caption: `${caption} Thick lines: mean over ${pairedSeeds(result.seeds.length)}; bands: its 95 % t-interval; thin lines: single seeds.`,
    alternative: drawn
      .map(({ title: panel, series }) => {
        const lines = series.map(
          (line) =>
            `${line.name} ${
              said(line)
                .map((point) => `${fixed(point.y, 3)} at ${count(point.x)}`)
                .join(", ") || "has no values"
            }`,
        );
        return `${panel}: ${lines.join("; ")}.`;
      })
      .join(" "),
    panels: drawn.map(({ title: panel, series }) => ({
      title: panel,
      svg: linePanel({
        series,
        x,
        y,
        rules: rules.map((value) => ({ value })),
        document,
        ...PANEL,
      }),
    })),
    numbers: {
      columns: ["panel", "line", x.label, y.label, "interval"],
      rows: drawn.flatMap(({ title: panel, series }) =>
        series.flatMap((line) =>
          said(line).map((point) => [
            panel,
            line.name,
            point.x,
            fixed(point.y, 4),
            `[${fixed(point.low, 4)}, ${fixed(point.high, 4)}]`,
          ]),
        ),
      ),
    },
  };
}

/** One logarithmic scale for all panels. */
function commonRange(drawn: readonly Drawn[]): readonly [number, number] {
  const values = drawn.flatMap(({ series }) =>
    series.flatMap(({ points }) => points.map(({ y }) => y).filter((y) => y > 0)),
  );
  return values.length === 0 ? [0.1, 10] : [Math.min(...values) / 1.2, Math.max(...values) * 1.2];
}

/** The paper's figures 2 and 8, from this study's runs. */
import {
  linePanel,
  pairedSeeds,
  type Figure,
  type LineSeries,
  type PanelAxis,
  type StudyResult,
} from "../../experiments/index.ts";
import { distributionDrift } from "../../probes/index.ts";
import { fixed, percent, percentExact } from "../number-text.ts";
import { armLines, describeLines, linesTable, probePoints } from "../networks/probe-lines.ts";
import { ridgePanels } from "../networks/ridges.ts";
import { TRAINING } from "../networks/train-vgg.ts";
import { histogramOf, momentsOf, SHOWN_LAYERS } from "./measures.ts";

const PANEL = { width: 440, height: 310 };
const SMALL = { width: 300, height: 230 };
const RIDGES = { width: 260, height: 300 };

export function noisyFigures(result: StudyResult, document: Document): readonly Figure[] {
  return [
    accuracyFigure(result, document),
    ridgeFigure(result, document),
    momentFigure(result, document),
  ];
}

function accuracyFigure(result: StudyResult, document: Document): Figure {
  const lines = (value: "accuracy" | "loss"): LineSeries[] =>
    armLines(result, { points: (run) => probePoints(run, { probe: TRAINING, value }) });
  const [accuracy, loss] = [lines("accuracy"), lines("loss")];
  const draw = (series: readonly LineSeries[], y: PanelAxis): string =>
    linePanel({ ...PANEL, document, series, x: { label: "training steps" }, y });
  return {
    id: "accuracy",
    title: "Accuracy and loss in training",
    caption: `On the next 8 batches of training, with the noise of training, before the network learns from them. Thick lines: mean over ${pairedSeeds(result.seeds.length)}; bands: its 95 % t-interval; thin lines: single seeds. The paper’s figure 2, left.`,
    alternative: `Accuracy: ${describeLines(accuracy, percentExact)}. Loss in nats: ${describeLines(loss, fixed)}.`,
    panels: [
      {
        title: "Accuracy in training",
        svg: draw(accuracy, { label: "accuracy", tickText: percent }),
      },
      // An untrained network with noise may lose any amount: the middle is what is to be seen.
      { title: "Loss in training", svg: draw(loss, { label: "nats", domain: [0, 4] }) },
    ],
    numbers: linesTable([{ panel: "accuracy in training", lines: accuracy }], percentExact),
  };
}

function ridgeFigure(result: StudyResult, document: Document): Figure {
  const { panels, numbers, alternative } = ridgePanels({
    result,
    probes: SHOWN_LAYERS.map((layer) => ({ name: histogramOf(layer), title: `layer ${layer}` })),
    size: { ...RIDGES, document },
  });
  return {
    id: "activations",
    title: `What one unit of layers ${SHOWN_LAYERS.join(", ")} is given over training`,
    caption: `Distributions of what the ReLU of the layer’s first unit receives, over the next batch of training and all places, with the noise of training, from the first observation (bottom) to the last; the numbers are steps; all panels on one axis, heights on one scale within a layer, higher ones cut. Seed ${result.seeds[0]}. The paper’s figure 2, right.`,
    alternative,
    panels,
    columns: result.protocol.arms.length,
    numbers,
  };
}

const MOMENTS = [
  { key: "meanChange", title: "change of the mean" },
  { key: "varianceChange", title: "change of the variance" },
  { key: "meanSinceFirst", title: "mean since the first" },
  { key: "varianceSinceFirst", title: "variance since the first" },
] as const;

function momentFigure(result: StudyResult, document: Document): Figure {
  const [seed] = result.seeds;
  const firstSeed = { ...result, runs: result.runs.filter((run) => run.seed === seed) };
  const drawn = SHOWN_LAYERS.flatMap((layer) =>
    MOMENTS.map(({ key, title }) => {
      const lines = armLines(firstSeed, {
        points(run) {
          const series = run.probes[momentsOf(layer)];
          if (series === undefined) return [];
          const drift = distributionDrift(series);
          return drift.steps.map((x, i) => ({ x, y: drift[key][i]![0]! }));
        },
      });
      return { panel: `layer ${layer}: ${title}`, lines };
    }),
  );
  return {
    id: "moments",
    title: "How the first unit’s mean and variance move",
    caption: `From one observation to the next (absolute), and since the first (signed), of what the ReLU of each layer’s first unit receives over the next batch of training, with the noise of training; in the activation’s own unit. Seed ${seed}. The paper’s figure 8.`,
    alternative: drawn
      .map(({ panel, lines }) => `${panel}: ${describeLines(lines, fixed)}.`)
      .join(" "),
    panels: drawn.map(({ panel, lines }) => ({
      title: panel,
      svg: linePanel({
        ...SMALL,
        document,
        series: lines,
        names: false,
        x: { label: "training steps", ticks: 3 },
        y: { label: "", ticks: 4 },
      }),
    })),
    columns: MOMENTS.length,
    numbers: linesTable(drawn, (value) => fixed(value, 3)),
  };
}

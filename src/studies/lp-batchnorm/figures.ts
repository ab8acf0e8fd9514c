/** The paper's figures 5, 12 and 13, from this study's runs. */
import {
  dotPanel,
  dotRows,
  linePanel,
  pairedSeeds,
  type Figure,
  type StudyResult,
} from "../../experiments/index.ts";
import { LANDSCAPE_CAPTION } from "../networks/landscape-measures.ts";
import { landscapePanels } from "../networks/landscape-panels.ts";
import { armLines, describeLines, linesTable, probePoints } from "../networks/probe-lines.ts";
import { TRAINING } from "../networks/train-vgg.ts";
import { percent } from "../number-text.ts";
import { choices, networks } from "./measures.ts";

const PANEL = { width: 440, height: 320 };

export function lpFigures(result: StudyResult, document: Document): readonly Figure[] {
  return [
    progressFigure(result, document),
    ...networks.map((network) => landscapeFigure(result, network, document)),
    summaryFigure(result, document),
  ];
}

type Network = (typeof networks)[number];

function armsOf({ armOf }: Network): string[] {
  return choices.map(({ norm }) => armOf(norm));
}

function progressFigure(result: StudyResult, document: Document): Figure {
  const drawn = networks.map((network) => ({
    panel: network.network === "vgg" ? "VGG: accuracy in training" : "Deep linear network: loss",
    vgg: network.network === "vgg",
    lines: armLines(result, {
      arms: armsOf(network),
      points: (run) =>
        probePoints(run, {
          probe: TRAINING,
          value: network.network === "vgg" ? "accuracy" : "loss",
        }),
    }),
  }));
  return {
    id: "training",
    title: "Training with each normalization",
    caption: `VGG: share classified correctly on the next 8 batches of training. Deep linear network: sum of squares over all examples. Thick lines: mean over ${pairedSeeds(result.seeds.length)}; bands: its 95 % t-interval; thin lines: single seeds. The paper’s figure 5.`,
    alternative: drawn
      .map(({ panel, lines }) => `${panel}: ${describeLines(lines, short)}.`)
      .join(" "),
    panels: drawn.map(({ panel, vgg, lines }) => ({
      title: panel,
      svg: linePanel({
        ...PANEL,
        document,
        series: lines,
        x: { label: "training steps" },
        y: vgg ? { label: "accuracy", tickText: percent } : { label: "loss", scale: "log" },
      }),
    })),
    numbers: linesTable(drawn, short),
  };
}

function landscapeFigure(result: StudyResult, network: Network, document: Document): Figure {
  const { panels, numbers, alternative } = landscapePanels({
    result,
    arms: armsOf(network),
    learningRate: network.learningRate,
    scale: "log",
    size: { ...PANEL, document },
  });
  return {
    id: `landscape-${network.network}`,
    title: `The loss landscape along the gradient: ${network.title}`,
    caption: `${LANDSCAPE_CAPTION} Loss: the line is the loss where training is, the band from the smallest to the largest along the way, seed ${result.seeds[0]}. Change of the gradient: from the smallest to the largest ‖g − g′‖, the line is the largest, seed ${result.seeds[0]}. Effective β: mean, smallest and largest of ${pairedSeeds(result.seeds.length)}. The paper’s figure ${network.network === "vgg" ? "12" : "13"}.`,
    alternative,
    panels,
    numbers,
  };
}

function summaryFigure(result: StudyResult, document: Document): Figure {
  const names = ["loss-range", "predictiveness", "smoothness-early"] as const;
  const drawn = networks.flatMap((network) =>
    names.map((name) => {
      const measure = result.measures[name]!;
      const own = new Set(armsOf(network));
      const rows = dotRows(result, measure).filter(({ arm }) =>
        own.has(result.protocol.arms[arm]!.id),
      );
      return { title: `${network.title}: ${measure.label}`, rows };
    }),
  );
  return {
    id: "landscape-summary",
    title: "The landscape in one number each",
    caption: `Powers of ten, smaller is smoother; means over ${pairedSeeds(result.seeds.length)} with 95 % t-intervals and single seeds. The measures are defined below.`,
    alternative: drawn
      .map(({ title, rows }) => {
        const said = rows.map(({ name, mean }) => `${name} ${mean === null ? "–" : short(mean)}`);
        return `${title}: ${said.join(", ")}.`;
      })
      .join(" "),
    panels: drawn.map(({ title, rows }) => ({
      title,
      svg: dotPanel({ rows, x: { label: "powers of ten" }, width: 300, document }),
    })),
    columns: names.length,
    numbers: {
      columns: ["what", "normalization", "mean", "interval from", "to"],
      rows: drawn.flatMap(({ title, rows }) =>
        rows.map(({ name, mean, low, high }) => [
          title,
          name,
          ...[mean, low, high].map((value) => (value === null ? "–" : short(value))),
        ]),
      ),
    },
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(3))).replaceAll("-", "−");
}

/** The paper's figure 3, from this study's runs. */
import {
  linePanel,
  pairedSeeds,
  type Figure,
  type PanelAxis,
  type StudyResult,
} from "../../experiments/index.ts";
import { armLines, describeLines, linesTable, probePoints } from "../networks/probe-lines.ts";
import { TRAINING } from "../networks/train-vgg.ts";
import { pairs, SHOWN_LAYERS, type ShiftNetwork } from "./arms.ts";
import { SHIFT } from "./measures.ts";

const SMALL = { width: 300, height: 240 };

export function shiftFigures(result: StudyResult, document: Document): readonly Figure[] {
  return [
    shiftFigure(result, "vgg", "the VGG", document),
    shiftFigure(result, "deep-linear", "the deep linear network", document),
    lossFigure(result, document),
  ];
}

interface Wanted {
  readonly value: "cosine" | "distance";
  readonly title: string;
  readonly axis: PanelAxis;
}

const wanted: readonly Wanted[] = [
  { value: "cosine", title: "cosine", axis: { label: "cos(G, G′)", domain: [-1.05, 1.05] } },
  { value: "distance", title: "distance", axis: { label: "‖G − G′‖", scale: "log" } },
];

function shiftFigure(
  result: StudyResult,
  network: ShiftNetwork,
  title: string,
  document: Document,
): Figure {
  const drawn = pairs
    .filter((pair) => pair.network === network)
    .flatMap((pair) =>
      SHOWN_LAYERS[network].flatMap((layer, place) =>
        wanted.map(({ value, title: what, axis }) => ({
          panel: `${pair.title}, layer ${layer}: ${what}`,
          axis,
          lines: armLines(result, {
            arms: [pair.plain, pair.bn],
            points: (run) => probePoints(run, { probe: SHIFT, value, place }),
          }),
        })),
      ),
    );
  return {
    id: `shift-${network}`,
    title: `Internal covariate shift in ${title}`,
    caption: `Gradient of a layer before (G) and after (G′) the layers below it take a step of plain gradient descent with training’s learning rate, on the batch that training takes next. Without shift the cosine is 1 and the distance 0. Thick lines: mean over ${pairedSeeds(result.seeds.length)}; bands: its 95 % t-interval; thin lines: single seeds. The paper’s figure 3.`,
    alternative: drawn
      .map(({ panel, lines }) => `${panel}: ${describeLines(lines, short)}.`)
      .join(" "),
    panels: drawn.map(({ panel, axis, lines }) => ({
      title: panel,
      svg: linePanel({
        ...SMALL,
        document,
        series: lines,
        x: { label: "training steps", ticks: 3 },
        y: axis,
      }),
    })),
    columns: 2,
    numbers: linesTable(drawn, short),
  };
}

function lossFigure(result: StudyResult, document: Document): Figure {
  const drawn = pairs.map((pair) => ({
    panel: pair.title,
    lines: armLines(result, {
      arms: [pair.plain, pair.bn],
      points: (run) => probePoints(run, { probe: TRAINING, value: "loss" }),
    }),
  }));
  return {
    id: "loss",
    title: "Loss in training meanwhile",
    caption: `VGG: cross-entropy on the next 8 batches of training; deep linear network: sum of squares over all examples. Mean over ${pairedSeeds(result.seeds.length)}, 95 % t-interval, single seeds.`,
    alternative: drawn
      .map(({ panel, lines }) => `${panel}: ${describeLines(lines, short)}.`)
      .join(" "),
    panels: drawn.map(({ panel, lines }) => ({
      title: panel,
      svg: linePanel({
        ...SMALL,
        document,
        series: lines,
        x: { label: "training steps", ticks: 3 },
        y: { label: "loss", scale: panel.startsWith("VGG") ? "linear" : "log" },
      }),
    })),
    columns: 2,
    numbers: linesTable(drawn, short),
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

/** The paper's figures 4 and 10, from this study's runs. */
import { linePanel, pairedSeeds, type Figure, type StudyResult } from "../../experiments/index.ts";
import { LANDSCAPE_CAPTION } from "../networks/landscape-measures.ts";
import { landscapePanels } from "../networks/landscape-panels.ts";
import { armLines, describeLines, linesTable, probePoints } from "../networks/probe-lines.ts";
import { TRAINING } from "../networks/train-vgg.ts";
import { pairs, settings } from "./measures.ts";

const PANEL = { width: 440, height: 300 };

export function landscapeFigures(result: StudyResult, document: Document): readonly Figure[] {
  const landscapes = pairs.map(({ network, title, plain, bn }): Figure => {
    const { panels, numbers, alternative } = landscapePanels({
      result,
      arms: [plain, bn],
      learningRate: settings[bn].learningRate,
      scale: "log",
      size: { ...PANEL, document },
    });
    return {
      id: `landscape-${network}`,
      title: `The loss landscape along the gradient: ${title}`,
      caption: `${LANDSCAPE_CAPTION} Loss: the line is the loss where training is, the band from the smallest to the largest along the way, seed ${result.seeds[0]}. Change of the gradient: from the smallest to the largest ‖g − g′‖ along the way, the line is the largest, seed ${result.seeds[0]}. Effective β: the largest ‖g − g′‖ / (η ‖g‖); mean, smallest and largest of ${pairedSeeds(result.seeds.length)}. The paper’s figure ${network === "vgg" ? "4" : "10"}.`,
      alternative,
      panels,
      columns: 2,
      numbers,
    };
  });
  return [...landscapes, lossFigure(result, document)];
}

function lossFigure(result: StudyResult, document: Document): Figure {
  const drawn = pairs.map(({ title, plain, bn, network }) => ({
    panel: title,
    network,
    lines: armLines(result, {
      arms: [plain, bn],
      points: (run) => probePoints(run, { probe: TRAINING, value: "loss" }),
    }),
  }));
  const text = (value: number): string => String(Number(value.toPrecision(3)));
  return {
    id: "loss",
    title: "Loss in training meanwhile",
    caption: `VGG: cross-entropy on the next 8 batches of training; deep linear network: sum of squares over all examples. Mean over ${pairedSeeds(result.seeds.length)}, 95 % t-interval, single seeds.`,
    alternative: drawn
      .map(({ panel, lines }) => `${panel}: ${describeLines(lines, text)}.`)
      .join(" "),
    panels: drawn.map(({ panel, network, lines }) => ({
      title: panel,
      svg: linePanel({
        ...PANEL,
        document,
        series: lines,
        x: { label: "training steps" },
        y: { label: "loss", scale: network === "vgg" ? "linear" : "log" },
      }),
    })),
    numbers: linesTable(drawn, text),
  };
}

/** The paper's figure 1, from this study's runs. */
import {
  linePanel,
  pairedSeeds,
  type Figure,
  type LineSeries,
  type StudyResult,
} from "../../experiments/index.ts";
import { percent, percentExact } from "../number-text.ts";
import {
  armLines,
  describeLines,
  linesTable,
  probePoints,
  testPoints,
} from "../networks/probe-lines.ts";
import { ridgePanels } from "../networks/ridges.ts";
import { TRAINING } from "../networks/train-vgg.ts";
import { histogramOf, SHOWN_LAYERS } from "./measures.ts";

const PANEL = { width: 440, height: 310 };
const RIDGES = { width: 260, height: 300 };

export function vggFigures(result: StudyResult, document: Document): readonly Figure[] {
  return [accuracyFigure(result, document), ridgeFigure(result, document)];
}

function accuracyFigure(result: StudyResult, document: Document): Figure {
  const training = armLines(result, {
    points: (run) => probePoints(run, { probe: TRAINING, value: "accuracy" }),
  });
  const test = armLines(result, { points: testPoints });
  const all = [...training, ...test].flatMap(({ points }) => points.map(({ y }) => y));
  const highest = Math.min(1, Math.max(0.2, ...all) * 1.05);
  const draw = (series: readonly LineSeries[]): string =>
    linePanel({
      ...PANEL,
      document,
      series,
      x: { label: "training steps" },
      y: { label: "accuracy", domain: [0, highest], tickText: percent },
      rules: [{ value: 0.1, text: "chance" }],
    });
  return {
    id: "accuracy",
    title: "Accuracy in training and on the test set",
    caption:
      `Left: on the next 8 batches of training, before the network learns from them. Right: on the 10,000 test images, with running statistics. ` +
      `Thick lines: mean over ${pairedSeeds(result.seeds.length)}; bands: its 95 % t-interval; thin lines: single seeds. The paper’s figure 1(a, b).`,
    alternative: `In training: ${describeLines(training, percentExact)}. On the test set: ${describeLines(test, percentExact)}.`,
    panels: [
      { title: "In training", svg: draw(training) },
      { title: "On the test set", svg: draw(test) },
    ],
    numbers: linesTable(
      [
        { panel: "training", lines: training },
        { panel: "test", lines: test },
      ],
      percentExact,
    ),
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
    title: "What one unit of layers 3 and 11 is given over training",
    caption:
      `Distributions of what the ReLU of the layer’s first unit receives, over 256 test images and all places, from the first observation (bottom) to the last; the numbers are steps; all panels on one axis, heights on one scale within a layer, higher ones cut. ` +
      `Seed ${result.seeds[0]}; units are alike before training, so the first was named before the run. Images pass in batches of training’s size, each normalized with its own statistics. The paper’s figure 1(c).`,
    alternative,
    panels,
    columns: result.protocol.arms.length,
    numbers,
  };
}

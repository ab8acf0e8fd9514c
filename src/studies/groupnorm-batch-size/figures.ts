/** The paper's figure 1: error against batch size; and how it came to be. */
import {
  linePanel,
  pairedSeeds,
  type Figure,
  type LineSeries,
  type StudyResult,
} from "../../experiments/index.ts";
import { accuracyFigure } from "../accuracy-figure.ts";
import { percentExact, percentInterval } from "../number-text.ts";
import { armId, NORM_NAMES, settingOf, type BatchArm } from "./arms.ts";
import { batchSizes, norms, REFERENCE_BATCH, type Norm } from "./model.ts";

export function batchFigures(result: StudyResult, document: Document): readonly Figure[] {
  return [
    errorFigure(result, document),
    accuracyFigure({
      id: "accuracy",
      title: "Test accuracy over the images seen",
      caption: "Every run sees the same images in the same order, in batches of its own size.",
      groups: norms.map((norm) => ({
        title: NORM_NAMES[norm],
        arms: batchSizes.map((batchSize) => armId({ norm, batchSize })),
      })),
      yDomain: [0, 0.8],
      steps: {
        label: "training images seen",
        of: (step, arm) => step * settingOf(arm as BatchArm).batchSize,
      },
      result,
      document,
    }),
  ];
}

function errorFigure(result: StudyResult, document: Document): Figure {
  const series = norms.map((norm) => errorLine(result, norm));
  return {
    id: "error",
    title: "Test error against batch size",
    caption:
      `Test error after the last step against images per step, ${pairedSeeds(result.seeds.length)} with the mean’s 95 % t-interval as a band; ` +
      "the learning rate in proportion to the batch size. The paper’s figure 1.",
    alternative: series
      .map(({ name, points }) => {
        const said = points.map(({ x, y }) => `${percentExact(y)} at ${x}`);
        return `${name}: ${said.join(", ")}.`;
      })
      .join(" "),
    columns: 1,
    panels: [
      {
        title: "Test error",
        svg: linePanel({
          series,
          x: { label: "images per step", scale: "log", ticks: [...batchSizes], tickText: String },
          y: { label: "test error", tickText: (share) => `${Math.round(share * 100)} %` },
          width: 640,
          height: 340,
          document,
        }),
      },
    ],
    numbers: {
      columns: ["normalization", "images per step", "mean error", "95 % interval"],
      rows: series.flatMap(({ name, points }) =>
        points.map(({ x, y, low, high }) => [name, x, percentExact(y), percentInterval(low, high)]),
      ),
    },
  };
}

function errorLine({ measures, protocol }: StudyResult, norm: Norm): LineSeries {
  const points = batchSizes.flatMap((batchSize) => {
    const { interval } = measures["test-error"]?.arms[armId({ norm, batchSize })] ?? {};
    const { mean = null, low = null, high = null } = interval ?? {};
    return mean === null ? [] : [{ x: batchSize, y: mean, low, high }];
  });
  const id = armId({ norm, batchSize: REFERENCE_BATCH });
  const arm = protocol.arms.findIndex((known) => known.id === id);
  return { name: norm.toUpperCase(), arm, points, dots: true };
}

/** The paper's figure 2: accuracy over training, and its table of figure 3. */
import {
  dotPanel,
  dotRows,
  formatMeasure,
  pairedSeeds,
  type Figure,
  type StudyResult,
} from "../../experiments/index.ts";
import { accuracyFigure } from "../accuracy-figure.ts";
import { percent } from "../number-text.ts";

const WIDTH = 440;

export function inceptionFigures(result: StudyResult, document: Document): readonly Figure[] {
  return [
    accuracyFigure({
      id: "accuracy",
      title: "Test accuracy over training",
      caption: "The arms of the paper’s figure 2, and beside them what its text tells of.",
      groups: [
        {
          title: "As in the paper’s figure",
          arms: ["inception", "bn", "bn-x5", "bn-x30", "bn-x5-sigmoid"],
        },
        {
          title: "With and without dropout; what fails",
          arms: ["inception-plain", "inception-x5", "bn-x5", "bn-x5-dropout", "sigmoid"],
        },
      ],
      yDomain: [0, 0.8],
      result,
      document,
    }),
    tableFigure(result, document),
  ];
}

function tableFigure(result: StudyResult, document: Document): Figure {
  const { "steps-to-target": steps, "final-accuracy": accuracy } = result.measures;
  const [stepRows, accuracyRows] = [dotRows(result, steps!), dotRows(result, accuracy!)];
  const rows = stepRows.map(({ name, mean, note = "" }, i) => {
    const final = accuracyRows[i]!.mean;
    return [
      name,
      mean === null ? "–" : formatMeasure(mean, steps!),
      note,
      final === null ? "–" : `${formatMeasure(final, accuracy!)} %`,
    ];
  });
  return {
    id: "steps",
    title: "Steps to match Inception, and where each ends",
    caption: `Means over ${pairedSeeds(result.seeds.length)} with 95 % t-intervals; small dots are seeds; “at least” where a run never got there. The paper’s figure 3.`,
    alternative: rows
      .map(
        ([name, mean, note, final]) =>
          `${name}: ${mean} steps${note === "" ? "" : ` (${note})`}, ends at ${final}.`,
      )
      .join(" "),
    panels: [
      {
        title: "Steps to match Inception",
        svg: dotPanel({
          rows: stepRows,
          x: { label: "steps", ticks: 5 },
          width: WIDTH,
          document,
        }),
      },
      {
        title: "Final test accuracy",
        svg: dotPanel({
          rows: accuracyRows,
          x: { label: "test accuracy", ticks: 5, tickText: percent },
          width: WIDTH,
          document,
        }),
      },
    ],
    numbers: { columns: ["arm", "steps, mean", "note", "final accuracy, mean"], rows },
  };
}

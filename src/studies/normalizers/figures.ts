/** Curves, and each measure of each technique beside the others. */
import {
  dotPanel,
  dotRows,
  formatMeasure,
  pairedSeeds,
  type DataTable,
  type Figure,
  type PanelAxis,
  type StudyResult,
} from "../../experiments/index.ts";
import { accuracyFigure } from "../accuracy-figure.ts";
import { percent } from "../number-text.ts";
import { armId, settings } from "./arms.ts";
import type { NormalizerMeasure } from "./measures.ts";
import { nets, type Net } from "./model.ts";

const TITLES: Readonly<Record<Net, string>> = { mlp: "Dense net", conv: "Convolutional net" };
const WIDTH = 440;

export function normalizerFigures(result: StudyResult, document: Document): readonly Figure[] {
  const comparisons: readonly [NormalizerMeasure, string, PanelAxis][] = [
    ["steps-to-target", "How many steps to 95 %?", { label: "steps to 95 % test accuracy" }],
    ["step-cost", "What does a step cost?", { label: "time of a step, × the net without" }],
    ["cosine", "How predictive is the gradient?", { label: "cosine after ½ to 4 learning rates" }],
  ];
  return [
    ...comparisons.map(([measure, title, axis]) =>
      comparison(result, { measure, title, axis }, document),
    ),
    accuracyFigure({
      id: "accuracy",
      title: "Test accuracy over training",
      caption: "All techniques of one net in one panel.",
      groups: nets.map((net) => ({ title: TITLES[net], arms: armsOf(net) })),
      yDomain: [0.8, 1],
      result,
      document,
    }),
  ];
}

function armsOf(net: Net): string[] {
  return settings.filter((setting) => setting.net === net).map((setting) => armId(setting));
}

interface Comparison {
  readonly measure: NormalizerMeasure;
  readonly title: string;
  readonly axis: PanelAxis;
}

function comparison(
  result: StudyResult,
  { measure, title, axis }: Comparison,
  document: Document,
): Figure {
  const summary = result.measures[measure]!;
  const rows = dotRows(result, summary);
  const groups = nets.map((net) => {
    const own = new Set(armsOf(net));
    const { arms } = result.protocol;
    return { net, rows: rows.filter(({ arm }) => own.has(arms[arm]!.id)) };
  });
  const shown = (value: number | null): string =>
    value === null ? "–" : formatMeasure(value, summary);
  const numbers: DataTable = {
    columns: ["net", "technique", "mean", "95 % interval", "note"],
    rows: groups.flatMap((group) =>
      group.rows.map(({ name, mean, low, high, note = "" }) => [
        TITLES[group.net],
        name,
        shown(mean),
        low === null ? "–" : `[${shown(low)}, ${shown(high)}]`,
        note,
      ]),
    ),
  };
  return {
    id: measure,
    title,
    caption: `${summary.label}: the mean over ${pairedSeeds(result.seeds.length)} with its 95 % t-interval; small dots are seeds. ${summary.definition}`,
    alternative: groups
      .map(({ net, rows: own }) => {
        const said = own.map(({ name, mean }) => `${name} ${shown(mean)}`).join(", ");
        return `${TITLES[net]}, ${summary.label.toLowerCase()} (${summary.unit}): ${said}.`;
      })
      .join(" "),
    panels: groups.map(({ net, rows: own }) => ({
      title: TITLES[net],
      svg: dotPanel({
        rows: own,
        x: { ticks: 5, ...axis, ...(summary.unit === "%" && { tickText: percent }) },
        width: WIDTH,
        document,
      }),
    })),
    numbers,
  };
}

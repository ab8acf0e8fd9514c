/** Test accuracy against training steps, as several studies of normalization draw it. */
import {
  curvePanel,
  meanCurve,
  pairedSeeds,
  type CurveSeries,
  type Figure,
  type MeanPoint,
  type StudyResult,
} from "../experiments/index.ts";
import { count, percent, percentExact } from "./number-text.ts";

/** Arms that share a panel. Lines are styled by place, so groups list like arms in like order. */
export interface ArmGroup {
  readonly title: string;
  readonly arms: readonly string[];
}

export interface AccuracyFigureOptions {
  readonly id: string;
  readonly title: string;
  /** What is shown; how lines and bands are made is added. */
  readonly caption: string;
  readonly groups: readonly ArmGroup[];
  /** Accuracies between which all panels are drawn. */
  readonly yDomain: readonly [number, number];
  readonly result: StudyResult;
  readonly document: Document;
  readonly columns?: number;
}

const PANEL = { width: 440, height: 300 };
/** Shares of the training at which the table has a column. */
const PICKED = [0.02, 0.1, 0.25, 0.5, 0.75, 1];

export function accuracyFigure(options: AccuracyFigureOptions): Figure {
  const { id, title, caption, groups, yDomain, result, document, columns } = options;
  const drawn = groups.map((group) => ({ ...group, series: seriesOf(result, group.arms) }));
  return {
    id,
    title,
    caption:
      `${caption} Thick lines: mean over ${pairedSeeds(result.seeds.length)}; bands: its 95 % t-interval at each step; ` +
      `thin lines: single seeds. A run that diverged ends where it did.`,
    alternative: drawn
      .map(({ title: name, series }) => `${name}: ${series.map(describe).join("; ")}.`)
      .join(" "),
    panels: drawn.map(({ title: name, series }) => ({
      title: name,
      svg: curvePanel({ series, yDomain, tickText: percent, document, ...PANEL }),
    })),
    ...(columns !== undefined && { columns }),
    numbers: table(drawn),
  };
}

/** One curve of test accuracy per arm. */
function seriesOf(result: StudyResult, arms: readonly string[]): CurveSeries[] {
  return arms.flatMap((id): CurveSeries[] => {
    const arm = result.protocol.arms.find((known) => known.id === id);
    if (arm === undefined) return [];
    const own = result.runs.filter((run) => run.arm === id);
    const seeds = own.map(({ seed, curve }) => ({
      seed,
      points: curve.flatMap(({ step, accuracy }) =>
        accuracy === null ? [] : [{ step, value: accuracy }],
      ),
    }));
    return [{ short: arm.short, seeds }];
  });
}

function describe(series: CurveSeries): string {
  const points = picked(meanCurve(series));
  const said = points.map(({ mean, step }) => `${percentExact(mean)} at step ${count(step)}`);
  return `${series.short} ${said.length === 0 ? "was never evaluated" : said.join(", ")}`;
}

function picked(means: readonly MeanPoint[]): MeanPoint[] {
  const places = PICKED.map((share) => Math.round(share * (means.length - 1)));
  return [...new Set(places)].flatMap((place) => means[place] ?? []);
}

function table(
  groups: readonly { readonly title: string; readonly series: readonly CurveSeries[] }[],
): Figure["numbers"] {
  const rows = groups.flatMap(({ title, series }) =>
    series.flatMap((one) =>
      picked(meanCurve(one)).map(({ step, mean, low, high, n }) => [
        title,
        one.short,
        step,
        percentExact(mean),
        low === null || high === null ? "–" : `[${percentExact(low)}, ${percentExact(high)}]`,
        n,
      ]),
    ),
  );
  return { columns: ["panel", "arm", "step", "mean accuracy", "95 % interval", "n"], rows };
}

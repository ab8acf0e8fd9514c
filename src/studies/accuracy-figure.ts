/** Test accuracy against training steps, as several studies of normalization draw it. */
import {
  linePanel,
  pairedSeeds,
  seedSeries,
  type BandPoint,
  type Figure,
  type LineSeries,
  type StudyResult,
} from "../experiments/index.ts";
import { count, percent, percentExact, percentInterval } from "./number-text.ts";

/** Arms that share a panel. */
interface ArmGroup {
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
  readonly result: Pick<StudyResult, "protocol" | "runs" | "seeds">;
  readonly document: Document;
  /** What an evaluation's `step` counts; defaults to *training steps*. */
  readonly steps?: { readonly label: string; readonly of: (step: number, arm: string) => number };
}

const PANEL = { width: 440, height: 300 };
/** Shares of the training at which the table has a row. */
const PICKED = [0.02, 0.1, 0.25, 0.5, 0.75, 1];
/** More lines than this in a panel stand without bands and seeds. */
const CROWDED = 5;
const TRAINING_STEPS = { label: "training steps", of: (step: number): number => step };

export function accuracyFigure(options: AccuracyFigureOptions): Figure {
  const { id, title, caption, groups, yDomain, result, document } = options;
  const { steps = TRAINING_STEPS } = options;
  const drawn = groups.map((group) => ({
    title: group.title,
    series: group.arms.map((arm) => curveOf(result, arm, steps.of)),
  }));
  const crowded = drawn.some(({ series }) => series.length > CROWDED);
  const bands = crowded
    ? "; intervals and single seeds are in the table and in the runs’ files, so many lines have no room for them"
    : "; bands: its 95 % t-interval at each step; thin lines: single seeds";
  return {
    id,
    title,
    caption:
      `${caption} Thick lines: mean over ${pairedSeeds(result.seeds.length)}${bands}. ` +
      `A run that diverged ends where it did.`,
    alternative: drawn
      .map(({ title: name, series }) => `${name}: ${series.map(describe).join("; ")}.`)
      .join(" "),
    panels: drawn.map(({ title: name, series }) => ({
      title: name,
      svg: linePanel({
        series: series.length > CROWDED ? series.map(bare) : series,
        x: { label: steps.label, ticks: 5 },
        y: { label: "test accuracy", domain: yDomain, ticks: 5, tickText: percent },
        document,
        ...PANEL,
      }),
    })),
    numbers: table(drawn),
  };
}

function curveOf(
  { protocol, runs }: AccuracyFigureOptions["result"],
  id: string,
  x: (step: number, arm: string) => number,
): LineSeries {
  const arm = protocol.arms.findIndex((known) => known.id === id);
  const seeds = runs
    .filter((run) => run.arm === id)
    .map(({ seed, curve }) => ({
      seed,
      points: curve.flatMap(({ step, accuracy }) =>
        accuracy === null ? [] : [{ x: x(step, id), y: accuracy }],
      ),
    }));
  return seedSeries({ name: protocol.arms[arm]?.short ?? id, arm, seeds });
}

/** The mean alone. */
function bare({ name, arm, points }: LineSeries): LineSeries {
  return { name, arm, points: points.map(({ x, y }) => ({ x, y })) };
}

function describe({ name, points }: LineSeries): string {
  const said = picked(points).map(({ x, y }) => `${percentExact(y)} at ${count(x)}`);
  return `${name} ${said.length === 0 ? "was never evaluated" : said.join(", ")}`;
}

function picked(points: readonly BandPoint[]): BandPoint[] {
  const places = PICKED.map((share) => Math.round(share * (points.length - 1)));
  return [...new Set(places)].flatMap((place) => points[place] ?? []);
}

function table(
  groups: readonly { readonly title: string; readonly series: readonly LineSeries[] }[],
): Figure["numbers"] {
  const rows = groups.flatMap(({ title, series }) =>
    series.flatMap(({ name, points }) =>
      picked(points).map(({ x, y, low, high }) => [
        title,
        name,
        x,
        percentExact(y),
        percentInterval(low, high),
      ]),
    ),
  );
  return { columns: ["panel", "arm", "at", "mean accuracy", "95 % interval"], rows };
}

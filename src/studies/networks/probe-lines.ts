/** What a probe or the evaluations saw, as lines over training: one arm, one line, its seeds thin. */
import {
  seedSeries,
  type BandPoint,
  type DataTable,
  type LineSeries,
  type RunResult,
  type StudyResult,
} from "../../experiments/index.ts";
import { NOT_FINITE } from "../../probes/index.ts";
import { count } from "../number-text.ts";

type Drawn = Pick<StudyResult, "protocol" | "runs">;

export interface LineOptions {
  /** Ids of the arms; defaults to *all*. */
  readonly arms?: readonly string[];
  /** A run's points; those that are not finite leave a gap. */
  readonly points: (run: RunResult) => readonly { readonly x: number; readonly y: number }[];
  /** Around the mean: its 95 % interval, or the smallest and largest seed. Defaults to *interval*. */
  readonly band?: "interval" | "range";
}

/** One line per arm, in the study's order. */
export function armLines({ protocol, runs }: Drawn, options: LineOptions): LineSeries[] {
  const { arms = protocol.arms.map(({ id }) => id), points, band } = options;
  return protocol.arms.flatMap(({ id, short }, arm): LineSeries[] => {
    if (!arms.includes(id)) return [];
    const seeds = runs
      .filter((run) => run.arm === id)
      .map((run) => ({ seed: run.seed, points: points(run).filter(({ y }) => isShown(y)) }));
    return [seedSeries({ name: short, arm, seeds }, band)];
  });
}

function isShown(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) < NOT_FINITE;
}

/** A probe's value over training; of a list, the number at `place`. */
export function probePoints(
  { probes }: Pick<RunResult, "probes">,
  {
    probe,
    value,
    place = 0,
  }: { readonly probe: string; readonly value: string; readonly place?: number },
): { x: number; y: number }[] {
  const { steps = [], values = {} } = probes[probe] ?? {};
  return (values[value] ?? []).map((seen, i) => ({
    x: steps[i]!,
    y: typeof seen === "number" ? seen : (seen[place] ?? NaN),
  }));
}

/** Test accuracy over training. */
export function testPoints({ curve }: Pick<RunResult, "curve">): { x: number; y: number }[] {
  return curve.flatMap(({ step, accuracy }) =>
    accuracy === null ? [] : [{ x: step, y: accuracy }],
  );
}

/** Shares of the training at which tables and texts have a row. */
const PICKED = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 1];

function picked(points: readonly BandPoint[]): BandPoint[] {
  const places = PICKED.map((share) => Math.round(share * (points.length - 1)));
  return [...new Set(places)].flatMap((place) => points[place] ?? []);
}

/** `without 10 % at 0, 45 % at 100; with …`. */
export function describeLines(
  lines: readonly LineSeries[],
  text: (value: number) => string,
): string {
  return lines
    .map(({ name, points }) => {
      const said = picked(points).map(({ x, y }) => `${text(y)} at ${count(x)}`);
      return `${name} ${said.length === 0 ? "was never seen" : said.join(", ")}`;
    })
    .join("; ");
}

export interface LinesTable {
  readonly panel: string;
  readonly lines: readonly LineSeries[];
}

/** Some points of every line, with the ends of its band. */
export function linesTable(
  panels: readonly LinesTable[],
  text: (value: number) => string,
): DataTable {
  const end = (value: number | null | undefined): string =>
    value === null || value === undefined ? "–" : text(value);
  const rows = panels.flatMap(({ panel, lines }) =>
    lines.flatMap(({ name, points }) =>
      picked(points).map(({ x, y, low, high }) => [panel, name, x, text(y), end(low), end(high)]),
    ),
  );
  return { columns: ["panel", "arm", "step", "mean", "band from", "to"], rows };
}

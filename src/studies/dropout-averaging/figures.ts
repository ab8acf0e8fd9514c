/** The paper's figure 11: test error against the number of networks averaged. */
import {
  linePanel,
  meanInterval,
  pairedSeeds,
  seedSeries,
  type DataTable,
  type Figure,
  type LineSeries,
  type StudyResult,
} from "../../experiments/index.ts";
import { count, percentExact, percentInterval } from "../number-text.ts";
import { averaging } from "./measures.ts";

const TICKS = [1, 3, 10, 30, 100, 300, 1_000];

export function averagingFigures(result: StudyResult, document: Document): readonly Figure[] {
  const runs = result.runs.map((run) => ({ seed: run.seed, ...averaging(run) }));
  const sizes = runs.find((run) => run.sizes.length > 0)?.sizes ?? [];
  const averaged = seedSeries({
    name: "averaged",
    arm: 0,
    seeds: runs.map(({ seed, mean }) => ({
      seed,
      points: mean.map((y, at) => ({ x: sizes[at]!, y })),
    })),
  });
  const { mean, low, high } = meanInterval(
    runs.flatMap(({ scaled }) => (scaled === null ? [] : [scaled])),
  );
  const ends = mean === null ? [] : [sizes[0] ?? 1, sizes.at(-1) ?? 1];
  const points = ends.map((x) => ({ x, y: mean!, low, high }));
  const scaled = { name: "weight scaling", arm: 1, points };
  const panel = (title: string, from: number): Figure["panels"][number] => ({
    title,
    svg: errorPanel([{ ...averaged, dots: true }, scaled], from, document),
  });
  return [
    {
      id: "averaging",
      title: "Monte-Carlo averaging against weight scaling",
      caption:
        `Share of the 10,000 test digits classified wrongly by the averaged predictions of k thinned networks, sampled from one trained network, and by that network with all units and scaled weights. ` +
        `Thick lines: mean over ${pairedSeeds(result.seeds.length)}, of each the mean over groups of networks; bands: 95 % t-intervals; thin lines: single seeds. The paper’s figure 11.`,
      alternative: describe(averaged, mean),
      panels: [panel("All", 1), panel("From five networks on", 5)],
      numbers: errorTable(averaged, mean, runs),
    },
  ];
}

/** From `from` networks on; a line that begins before is cut there. */
function errorPanel(series: readonly LineSeries[], from: number, document: Document): string {
  const cut = (points: LineSeries["points"]): LineSeries["points"] => {
    const inside = points.filter(({ x }) => x >= from);
    const [first] = points;
    // The straight line of weight scaling has its ends only.
    return points.length === 2 && first !== undefined && first.x < from
      ? [{ ...first, x: from }, ...inside]
      : inside;
  };
  const last = Math.max(...series.flatMap(({ points }) => points.map(({ x }) => x)));
  return linePanel({
    series: series.map((one) => ({
      ...one,
      points: cut(one.points),
      ...(one.thin && { thin: one.thin.map(cut) }),
    })),
    x: {
      label: "thinned networks averaged",
      scale: "log",
      ticks: TICKS.filter((tick) => tick >= from && tick <= last),
      tickText: count,
    },
    y: { label: "test error", tickText: (share) => `${(share * 100).toFixed(1)} %` },
    width: 440,
    height: 310,
    document,
  });
}

function errorTable(
  { points }: LineSeries,
  scaled: number | null,
  runs: readonly { readonly sd: readonly number[] }[],
): DataTable {
  const spread = (at: number): number => {
    const values = runs.flatMap(({ sd }) => sd[at] ?? []);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  return {
    columns: ["networks", "mean error", "95 % interval", "sd among groups", "− weight scaling"],
    rows: points.map(({ x, y, low, high }, at) => [
      count(x),
      percentExact(y),
      percentInterval(low, high),
      percentExact(spread(at)),
      scaled === null ? "–" : percentExact(y - scaled).replace("-", "−"),
    ]),
  };
}

function describe({ points }: LineSeries, scaled: number | null): string {
  const said = points.map(({ x, y }) => `${percentExact(y)} with ${count(x)}`);
  const other = scaled === null ? "unknown" : percentExact(scaled);
  return `Mean test error of averages: ${said.join(", ")}; with scaled weights ${other}.`;
}

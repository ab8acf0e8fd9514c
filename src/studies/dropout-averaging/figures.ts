/** The paper's figure 11: test error against the number of networks averaged. */
import {
  linePanel,
  meanInterval,
  pairedSeeds,
  seedSeries,
  type DataTable,
  type Figure,
  type LineSeries,
  type PanelRule,
  type StudyResult,
} from "../../experiments/index.ts";
import { count, fixed, percentExact, percentInterval } from "../number-text.ts";
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
  const gaps = seedSeries({
    name: "averaged",
    arm: 0,
    seeds: runs.map((run) => ({
      seed: run.seed,
      points: run.mean.map((error, at) => ({ x: sizes[at]!, y: error - (run.scaled ?? NaN) })),
    })),
  });
  return [
    {
      id: "averaging",
      key: "none",
      title: "Monte-Carlo averaging against weight scaling",
      caption:
        `Share of the 10,000 test digits classified wrongly by the averaged predictions of k thinned networks, sampled from one trained network, and by that network with all units and scaled weights. ` +
        `Thick lines: mean over ${pairedSeeds(result.seeds.length)}, of each the mean over groups of networks; bands: 95 % t-intervals; thin lines: single seeds. The second panel takes out what seeds differ by. The paper’s figure 11.`,
      alternative: describe(averaged, mean),
      panels: [
        {
          title: "Test error",
          svg: errorPanel([{ ...averaged, dots: true }, scaled], "test error", document),
        },
        {
          title: "The same minus that of weight scaling, run by run",
          svg: errorPanel([{ ...gaps, dots: true }], "difference", document, [
            { value: 0, text: "" },
          ]),
        },
      ],
      numbers: errorTable(averaged, mean, runs),
    },
  ];
}

function errorPanel(
  series: readonly LineSeries[],
  label: string,
  document: Document,
  rules: readonly PanelRule[] = [],
): string {
  const last = Math.max(...series.flatMap(({ points }) => points.map(({ x }) => x)));
  return linePanel({
    series,
    x: {
      label: "thinned networks averaged",
      scale: "log",
      ticks: TICKS.filter((tick) => tick <= last),
      tickText: count,
    },
    y: { label, tickText: (share) => `${fixed(share * 100, 1)} %` },
    rules,
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
    columns: [
      "networks",
      "mean error",
      "95 % interval",
      "sd among groups",
      "− weight scaling, points",
    ],
    rows: points.map(({ x, y, low, high }, at) => [
      count(x),
      percentExact(y),
      percentInterval(low, high),
      percentExact(spread(at)),
      scaled === null ? "–" : fixed((y - scaled) * 100),
    ]),
  };
}

function describe({ points }: LineSeries, scaled: number | null): string {
  const said = points.map(({ x, y }) => `${percentExact(y)} with ${count(x)}`);
  const other = scaled === null ? "unknown" : percentExact(scaled);
  return `Mean test error of averages: ${said.join(", ")}; with scaled weights ${other}.`;
}

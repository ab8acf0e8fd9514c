/** The paper's figure 10: test error against the number of training examples. */
import {
  linePanel,
  meanInterval,
  pairedSeeds,
  seedSeries,
  type DataTable,
  type Figure,
  type LineSeries,
  type MeasureSummary,
  type PanelAxis,
  type StudyResult,
} from "../../experiments/index.ts";
import { count, fixed, percent, percentExact, percentInterval } from "../number-text.ts";
import { EXAMPLE_COUNTS, type Method } from "./model.ts";
import { gainSummary } from "./verdict.ts";

/** By eye off the paper's figure, in %: without, with dropout. */
const PAPER: Readonly<Record<number, readonly [number, number]>> = {
  100: [22.8, 26.6],
  500: [13.0, 13.2],
  1_000: [10.7, 10.6],
  5_000: [4.7, 3.0],
  10_000: [3.3, 2.4],
  50_000: [1.7, 1.3],
};

export function dataSizeFigures(result: StudyResult, document: Document): readonly Figure[] {
  const summary = result.measures["test-error"]!;
  const gain = gainSummary(summary);
  const errors = [line(summary, "without", 0), line(summary, "with", 1)];
  const gains = seriesOf(gain, "gain", 1, String);
  const size = { width: 440, height: 310, document };
  const x: PanelAxis = {
    label: "training digits",
    scale: "log",
    ticks: EXAMPLE_COUNTS,
    tickText: (value) => (value >= 1_000 ? `${value / 1_000}k` : String(value)),
  };
  return [
    {
      id: "data-size",
      key: "none",
      title: "Test error against the number of training digits",
      caption:
        `Left: share of the 10,000 test digits classified wrongly after the last step, all units in use. Right: the share of the errors without dropout that dropout takes away in the same seed; above zero it helps. ` +
        `Thick lines: mean over ${pairedSeeds(result.seeds.length)}; bands: its 95 % t-interval; thin lines: single seeds, whose smaller sets are part of their larger ones. The paper’s figure 10.`,
      alternative: describe(errors, gains),
      panels: [
        {
          title: "Test error",
          svg: linePanel({
            series: errors,
            x,
            y: { label: "test error", domain: [0, errorTop(errors)], tickText: percent },
            ...size,
          }),
        },
        {
          title: "Share of errors that dropout takes away",
          svg: linePanel({
            series: [gains],
            x,
            y: { label: "share of errors", tickText: (share) => `${fixed(share * 100, 0)} %` },
            rules: [{ value: 0, text: "" }],
            ...size,
          }),
        },
      ],
      numbers: errorTable(summary, gain),
    },
  ];
}

function errorTable(summary: MeasureSummary, gain: MeasureSummary): DataTable {
  const interval = "95 % interval";
  return {
    columns: [
      "digits",
      "without",
      interval,
      "with",
      interval,
      "gain",
      interval,
      "paper: without, with",
    ],
    rows: EXAMPLE_COUNTS.map((examples) => [
      count(examples),
      ...["without-", "with-"].flatMap((method) => cells(summary, `${method}${examples}`)),
      ...cells(gain, String(examples)),
      PAPER[examples]!.map((error) => `${error.toFixed(1)} %`).join(", "),
    ]),
  };
}

function line(summary: MeasureSummary, method: Method, arm: number): LineSeries {
  return seriesOf(summary, method, arm, (examples) => `${method}-${examples}`);
}

function seriesOf(
  { arms }: MeasureSummary,
  name: string,
  arm: number,
  idOf: (examples: number) => string,
): LineSeries {
  const [first] = EXAMPLE_COUNTS;
  const seeds = Object.keys(arms[idOf(first)]!.perSeed).map((seed) => ({
    seed: Number(seed),
    points: EXAMPLE_COUNTS.map((examples) => ({
      x: examples as number,
      y: arms[idOf(examples)]!.perSeed[seed] ?? NaN,
    })),
  }));
  return { ...seedSeries({ name, arm, seeds }), dots: true };
}

function errorTop(series: readonly LineSeries[]): number {
  return 1.1 * Math.max(0.01, ...series.flatMap(({ points }) => points.map(({ y }) => y)));
}

function cells({ arms }: MeasureSummary, arm: string): string[] {
  const values = Object.values(arms[arm]!.perSeed).flatMap((value) => value ?? []);
  const { mean, low, high } = meanInterval(values);
  return [mean === null ? "–" : percentExact(mean), percentInterval(low, high)];
}

function describe(errors: readonly LineSeries[], { points: gains }: LineSeries): string {
  const said = errors.map(
    ({ name, points }) =>
      `${name} dropout ${points.map(({ x, y }) => `${percentExact(y)} with ${count(x)}`).join(", ")}`,
  );
  const taken = gains.map(({ x, y }) => `${fixed(y * 100, 0)} % with ${count(x)}`).join(", ");
  return `Mean test error by number of training digits: ${said.join("; ")}. Dropout takes away ${taken} of the errors.`;
}

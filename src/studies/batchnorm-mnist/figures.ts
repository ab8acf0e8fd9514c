/** The paper's figure 1, from this study's runs. */
import {
  curvePanel,
  meanCurve,
  pairedSeeds,
  percentilePanel,
  type CurveSeries,
  type DataTable,
  type Figure,
  type PercentileSeries,
  type RunResult,
  type StudyResult,
} from "../../experiments/index.ts";
import { SHOWN_UNITS, SIGMOID_INPUT, TARGET_ACCURACY } from "./measures.ts";

/** Drawn at this size and scaled to the page. */
const PANEL = { width: 440, height: 310 };
const SMALL = { width: 260, height: 180 };

export function batchNormFigures(result: StudyResult, document: Document): readonly Figure[] {
  return [accuracyFigure(result, document), ...percentileFigures(result, document)];
}

function accuracyFigure(result: StudyResult, document: Document): Figure {
  const series = result.protocol.arms.map((arm): CurveSeries => ({
    short: arm.short,
    seeds: result.runs
      .filter((run) => run.arm === arm.id)
      .map(({ seed, curve }) => ({
        seed,
        points: curve.flatMap(({ step, accuracy }) =>
          accuracy === null ? [] : [{ step, value: accuracy }],
        ),
      })),
  }));
  const panel = (low: number): string =>
    curvePanel({ series, yDomain: [low, 1], tickText: percent, document, ...PANEL });
  return {
    id: "accuracy",
    title: "Test accuracy over training",
    caption:
      `Share of the 10,000 test digits classified correctly against training steps, normalizing with the running statistics. ` +
      `Thick lines: mean over ${pairedSeeds(result.seeds.length)}; bands: its 95 % t-interval at each step; thin lines: single seeds. ` +
      `The paper’s figure 1(a) shows one run of each.`,
    alternative: series.map(describeCurve).join(" "),
    panels: [
      { title: "Test accuracy", svg: panel(0) },
      { title: `The same from ${percent(TARGET_ACCURACY)} on`, svg: panel(TARGET_ACCURACY) },
    ],
    numbers: accuracyTable(series),
  };
}

function describeCurve(series: CurveSeries): string {
  const means = meanCurve(series);
  const picked = [0.02, 0.1, 0.3, 1].map((share) => means[Math.round(share * (means.length - 1))]);
  const said = picked.flatMap((point) =>
    point === undefined ? [] : [`${percentExact(point.mean)} at step ${count(point.step)}`],
  );
  return `Mean test accuracy ${series.short}: ${[...new Set(said)].join(", ")}.`;
}

function accuracyTable(series: readonly CurveSeries[]): DataTable {
  const means = series.map(meanCurve);
  const steps = [...new Set(means.flatMap((points) => points.map(({ step }) => step)))];
  const cells = (step: number): string[] =>
    means.flatMap((points) => {
      const point = points.find((candidate) => candidate.step === step);
      if (point === undefined) return ["–", "–"];
      const { mean, low, high } = point;
      const ends =
        low === null || high === null ? "–" : `[${percentExact(low)}, ${percentExact(high)}]`;
      return [percentExact(mean), ends];
    });
  return {
    columns: ["step", ...series.flatMap(({ short }) => [`${short}: mean`, "95 % interval"])],
    rows: steps.toSorted((a, b) => a - b).map((step) => [step, ...cells(step)]),
  };
}

interface UnitSeries {
  readonly arm: number;
  readonly short: string;
  /** By place in SHOWN_UNITS. */
  readonly units: readonly PercentileSeries[];
}

function percentileFigures(result: StudyResult, document: Document): Figure[] {
  const [seed] = result.seeds;
  const arms = result.protocol.arms.flatMap((arm, index): UnitSeries[] => {
    const run = result.runs.find(
      (candidate) => candidate.arm === arm.id && candidate.seed === seed,
    );
    const units = run === undefined ? [] : SHOWN_UNITS.map((_, place) => unitSeries(run, place));
    return units.length === 0 ? [] : [{ arm: index, short: arm.short, units }];
  });
  return [typicalFigure(arms, result, document), otherUnitsFigure(arms, result, document)];
}

function unitSeries(run: RunResult, place: number): PercentileSeries {
  const { steps = [], values = {} } = run.probes[SIGMOID_INPUT] ?? {};
  const row = (name: string): number[] =>
    (values[name] ?? []).map((seen) => (seen as readonly number[])[place]!);
  return { steps, low: row("p15"), middle: row("p50"), high: row("p85") };
}

const HOW =
  "Percentiles over the first 600 test digits, passed forward in batches of 60 as in training: with normalization, each batch is normalized with its own mean and variance; nothing is updated.";

function typicalFigure(
  arms: readonly UnitSeries[],
  { seeds }: StudyResult,
  document: Document,
): Figure {
  const yDomain = commonDomain(arms.map(({ units }) => units[0]!));
  return {
    id: "sigmoid-input",
    title: "What a typical sigmoid receives",
    caption:
      `The 15th, 50th and 85th percentile of the input to unit ${SHOWN_UNITS[0]} of the last hidden layer over training, both arms on one scale, seed ${seeds[0]}. ` +
      `${HOW} Units are alike before training, so the first was named the typical one before the run. The paper’s figure 1(b, c).`,
    alternative: arms.map(({ short, units }) => describePercentiles(short, units[0]!)).join(" "),
    panels: arms.map(({ arm, short, units }) => ({
      title: `Input to the sigmoid, ${short} batch normalization`,
      svg: percentilePanel({
        series: units[0]!,
        arm,
        names: ["15th", "median", "85th"],
        yDomain,
        document,
        ...PANEL,
      }),
    })),
    numbers: percentileTable(arms),
  };
}

function otherUnitsFigure(
  arms: readonly UnitSeries[],
  { seeds }: StudyResult,
  document: Document,
): Figure {
  const others = SHOWN_UNITS.slice(1);
  const yDomain = commonDomain(arms.flatMap(({ units }) => units.slice(1)));
  const summary = arms.flatMap(({ short, units }) =>
    others.map((unit, i) => {
      const { low, middle, high } = units[i + 1]!;
      const ends = [low, middle, high].flatMap((row) => [fixed(row[0]), fixed(row.at(-1))]);
      return [short, unit, ...ends];
    }),
  );
  return {
    id: "other-units",
    title: "Four more units of the same layer",
    caption: `As above, for units ${others.join(", ")}, all on one scale, seed ${seeds[0]}: is the first unit typical?`,
    alternative: `Percentiles of the inputs to units ${others.join(", ")}; the table below has their first and last values.`,
    panels: arms.flatMap(({ arm, short, units }) =>
      others.map((unit, i) => ({
        title: `unit ${unit}, ${short}`,
        svg: percentilePanel({
          series: units[i + 1]!,
          arm,
          yDomain,
          document,
          xTicks: 3,
          ...SMALL,
        }),
      })),
    ),
    columns: others.length,
    numbers: {
      columns: ["arm", "unit", "15th first", "last", "median first", "last", "85th first", "last"],
      rows: summary,
    },
  };
}

function describePercentiles(short: string, { low, middle, high }: PercentileSeries): string {
  const at = (place: 0 | -1): string =>
    `(${fixed(low.at(place))}, ${fixed(middle.at(place))}, ${fixed(high.at(place))})`;
  const range = `${fixed(Math.min(...middle))} and ${fixed(Math.max(...middle))}`;
  return `The percentiles (15th, 50th, 85th) ${short} batch normalization go from ${at(0)} to ${at(-1)}; the median stays between ${range}.`;
}

/** About this many rows are enough to read; events.jsonl has every observation. */
const TABLE_ROWS = 30;

function percentileTable(arms: readonly UnitSeries[]): DataTable {
  const steps = arms[0]?.units[0]?.steps ?? [];
  const stride = Math.max(1, Math.ceil((steps.length - 1) / TABLE_ROWS));
  const rows = steps.flatMap((step, i) => {
    if (i % stride !== 0 && i !== steps.length - 1) return [];
    const cells = arms.flatMap(({ units }) => {
      const { low, middle, high } = units[0]!;
      return [low, middle, high].map((row) => fixed(row[i]));
    });
    return [[step, ...cells]];
  });
  const names = ({ short }: UnitSeries): string[] =>
    ["15th", "median", "85th"].map((name) => `${name}, ${short}`);
  return { columns: ["step", ...arms.flatMap(names)], rows };
}

/** One scale for all, with a little air. */
function commonDomain(series: readonly PercentileSeries[]): [number, number] {
  const values = series.flatMap(({ low, high }) => [...low, ...high]).filter(Number.isFinite);
  if (values.length === 0) return [-1, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const air = Math.max(0.04 * (most - least), 1e-6);
  return [least - air, most + air];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function percentExact(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function fixed(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(2).replace("-", "−");
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

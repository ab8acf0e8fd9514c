/** The paper's figure 9: error against the probability to keep a unit, n fixed and pn fixed. */
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
import { percent, percentExact, percentInterval } from "../number-text.ts";
import { FAMILIES, PERCENTS, type Family } from "./model.ts";

/** Test errors by eye off the paper's figure, in %, by percent kept. */
const PAPER: Readonly<Record<Family, readonly number[]>> = {
  n: [3.2, 1.8, 1.2, 1.12, 1.06, 1.09, 1.1, 1.08, 1.26, 1.65],
  pn: [2.4, 1.77, 1.5, 1.27, 1.2, 1.1, 1.2, 1.43, 1.46, 1.7],
};

const TITLES: Readonly<Record<Family, string>> = {
  n: "The same units at every probability (fixed n)",
  pn: "The same number of kept units (fixed pn)",
};

const CURVES = [
  { measure: "test-error", name: "test", arm: 1 },
  { measure: "training-error", name: "training", arm: 0 },
] as const;

/** Errors from this probability on decide the axis: far below it a small network learns nothing. */
const USUAL = 0.4;

export function rateFigures(result: StudyResult, document: Document): readonly Figure[] {
  const drawn = FAMILIES.map((family) => ({
    family,
    series: CURVES.map((curve) => curveOf(result, family, curve)),
  }));
  const usual = drawn.flatMap(({ series }) =>
    series.flatMap(({ points }) => points.filter(({ x }) => x >= USUAL).map(({ y }) => y)),
  );
  const top = 2 * Math.max(0.005, ...usual);
  return [
    {
      id: "keep",
      title: "Error against the probability to keep a hidden unit",
      key: "none",
      caption:
        `Share of digits classified wrongly after the last step, all units in use; no dropout on the inputs. Left, hidden layers have the same width everywhere; right, width times probability is the same. ` +
        `Thick lines: mean over ${pairedSeeds(result.seeds.length)}; bands: its 95 % t-interval; thin lines: single seeds. Errors above ${percentExact(top)} are cut off; they are in the table. The paper’s figure 9.`,
      alternative: drawn.map(({ family, series }) => describe(family, series)).join(" "),
      panels: drawn.map(({ family, series }) => ({
        title: TITLES[family],
        svg: linePanel({
          series,
          x: { label: "probability to keep a unit", domain: [0, 1], ticks: 5 },
          y: {
            label: "error",
            domain: [0, top],
            tickText: percent,
          },
          width: 440,
          height: 310,
          document,
        }),
      })),
      numbers: errorTable(result),
    },
  ];
}

function valuesOf({ measures }: StudyResult, measure: string, arm: string): number[] {
  return Object.values(measures[measure]!.arms[arm]!.perSeed).flatMap((value) => value ?? []);
}

function curveOf(
  { measures, seeds }: StudyResult,
  family: Family,
  { measure, name, arm }: (typeof CURVES)[number],
): LineSeries {
  const lines = seeds.map((seed) => ({
    seed,
    points: PERCENTS.map((kept) => ({
      x: kept / 100,
      y: measures[measure]!.arms[`${family}-${kept}`]!.perSeed[String(seed)] ?? NaN,
    })),
  }));
  return { ...seedSeries({ name, arm, seeds: lines }), dots: true };
}

function errorTable(result: StudyResult): DataTable {
  const interval = "95 % interval";
  return {
    columns: ["family", "kept", "test error", interval, "training error", interval, "paper: test"],
    rows: FAMILIES.flatMap((family) =>
      PERCENTS.map((kept, at) => [
        `fixed ${family}`,
        `${kept} %`,
        ...CURVES.flatMap(({ measure }) => {
          const { mean, low, high } = meanInterval(valuesOf(result, measure, `${family}-${kept}`));
          return [mean === null ? "–" : percentExact(mean), percentInterval(low, high)];
        }),
        `${PAPER[family][at]!} %`,
      ]),
    ),
  };
}

function describe(family: Family, series: readonly LineSeries[]): string {
  const said = series.map(
    ({ name, points }) =>
      `mean ${name} error ${points.map(({ x, y }) => `${percentExact(y)} at ${x}`).join(", ")}`,
  );
  return `Fixed ${family}: ${said.join("; ")}.`;
}

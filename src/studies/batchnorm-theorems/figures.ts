/** The theorems' two sides against each other, unit by unit. */
import {
  dotPanel,
  dotRows,
  formatMeasure,
  linePanel,
  pairedSeeds,
  scatterPanel,
  type DataTable,
  type Figure,
  type PanelSize,
  type StudyResult,
} from "../../experiments/index.ts";
import { percent } from "../number-text.ts";
import { normalizedLayers } from "./model.ts";
import type { TheoremMeasure } from "./measures.ts";

const SIZE = { width: 440, height: 340 };

export function theoremFigures(result: StudyResult, document: Document): readonly Figure[] {
  const size: PanelSize = { ...SIZE, document };
  return [identities(result, size), weightBounds(result, size), assumptions(result, size)];
}

interface ArmUnits {
  readonly arm: number;
  readonly short: string;
  /** Every unit of both layers, in the first seed's kept observations. */
  units(name: string): number[];
}

function armUnits({ protocol, runs, seeds }: StudyResult): ArmUnits[] {
  return protocol.arms.map(({ id, short }, arm) => {
    const run = runs.find((one) => one.arm === id && one.seed === seeds[0]);
    const series = normalizedLayers.flatMap(({ name }) => run?.probes[name] ?? []);
    return {
      arm,
      short,
      units: (name) => series.flatMap(({ values }) => (values[name] ?? []).flat()),
    };
  });
}

const SHOWN = "Every unit of both layers before the first step and after the last";

/** Shares below this are not drawn: they are near the rounding of f32. */
const SMALLEST_SHOWN = 1e-5;

function identities(result: StudyResult, size: PanelSize): Figure {
  const arms = armUnits(result);
  const removed = arms.map(({ arm, short, units }) => {
    const predicted = units("keptPredicted");
    const points = units("kept").map((kept, i) => ({ x: 1 - predicted[i]!, y: 1 - kept }));
    return { name: short, arm, points };
  });
  const curved = arms.map(({ arm, short, units }) => {
    const predicted = units("curvaturePredicted");
    return {
      name: short,
      arm,
      points: units("curvature").map((y, i) => ({ x: predicted[i]!, y })),
    };
  });
  const log = { scale: "log", domain: [SMALLEST_SHOWN, 1] } as const;
  const linear = { domain: [-1.05, 1.05] } as const;
  return {
    id: "identities",
    title: "Theorems 4.1 and 4.2: the two sides, unit by unit",
    caption: `${SHOWN}, seed ${result.seeds[0]}; on the dashed line both sides agree. Left: the share of the squared gradient, in units of γ²/σ² ‖g‖², that the backward pass finds missing, against what theorem 4.1 says; shares below 10⁻⁵ are not drawn. Right: curvature along the gradient by differentiating twice, against theorem 4.2’s right side, both in units of that side’s two terms’ sizes.`,
    alternative: arms
      .map(({ short }, i) => describeIdentities(short, removed[i]!.points, curved[i]!.points))
      .join(" "),
    panels: [
      {
        title: "4.1: share of the squared gradient removed",
        svg: scatterPanel({
          ...size,
          series: removed,
          diagonal: true,
          x: { label: "as the theorem says", ...log },
          y: { label: "as the backward pass finds", ...log },
        }),
      },
      {
        title: "4.2: curvature along the gradient",
        svg: scatterPanel({
          ...size,
          series: curved,
          diagonal: true,
          x: { label: "as the theorem says", ...linear },
          y: { label: "as differentiating twice finds", ...linear },
        }),
      },
    ],
    numbers: errorTable(result, [
      "gradient-error",
      "curvature-error",
      "restored-error",
      "scale-error",
    ]),
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function describeIdentities(
  short: string,
  removed: readonly Point[],
  curved: readonly Point[],
): string {
  const gap = (points: readonly Point[]): string =>
    Math.max(0, ...points.map(({ x, y }) => Math.abs(x - y))).toExponential(1);
  return `${short}: all ${removed.length} points lie on the line, within ${gap(removed)} on the left and ${gap(curved)} on the right.`;
}

function errorTable(
  { protocol, measures }: StudyResult,
  names: readonly TheoremMeasure[],
): DataTable {
  const rows = names.flatMap((name) => {
    const measure = measures[name]!;
    return protocol.arms.map(({ id, short }) => {
      const seen = Object.values(measure.arms[id]!.perSeed).filter((value) => value !== null);
      const ends = [Math.min(...seen), Math.max(...seen)];
      const said = ends.map((value) => (seen.length === 0 ? "–" : formatMeasure(value, measure)));
      return [measure.label, short, ...said, measure.unit];
    });
  });
  return { columns: ["what", "arm", "smallest seed", "largest seed", "unit"], rows };
}

function weightBounds(result: StudyResult, size: PanelSize): Figure {
  const arms = armUnits(result);
  const distribution = (name: string): Parameters<typeof linePanel>[0]["series"] =>
    arms.map(({ arm, short, units }) => ({ name: short, arm, points: cumulated(units(name)) }));
  const share = { label: "share of units", domain: [0, 1.02] as const, tickText: percent };
  return {
    id: "weight-bound",
    title: "Theorem 4.4: the bound on the gradient of the weights",
    caption: `${SHOWN}, seed ${result.seeds[0]}, as cumulative shares. Left: the printed right side, read kindly, in units of the largest ‖∂L/∂W‖² over inputs of the batch’s spectral norm: a bound would have all units at 1 or above; the corrected right side is 1 for every unit. Right: ‖∂L/∂W‖² on the batch itself in units of the corrected bound: its slack.`,
    alternative: arms
      .map(({ short, units }) => {
        const printed = units("printed");
        const broken = printed.filter((value) => value < 1).length / printed.length;
        const negative = printed.filter((value) => value < 0).length / printed.length;
        const most = Math.max(...units("weight"));
        return `${short}: the printed bound is below the maximum for ${percent(broken)} of the units and negative for ${percent(negative)}; the batch’s own ‖∂L/∂W‖² is at most ${percent(most)} of the corrected bound.`;
      })
      .join(" "),
    panels: [
      {
        title: "The printed bound ÷ the true maximum",
        svg: linePanel({
          ...size,
          series: distribution("printed"),
          x: { label: "below 1: no bound", domain: [-4, 2] },
          y: share,
        }),
      },
      {
        title: "On the batch ÷ the corrected bound",
        svg: linePanel({
          ...size,
          series: distribution("weight"),
          x: { label: "‖∂L/∂W‖² in units of the bound", scale: "log", domain: [1e-4, 1] },
          y: share,
        }),
      },
    ],
    numbers: errorTable(result, ["weight-use", "printed-false", "unit-dependent"]),
  };
}

/** The share of values at or below each. */
function cumulated(values: readonly number[]): Point[] {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.map((x, i) => ({ x, y: (i + 1) / sorted.length }));
}

function assumptions(result: StudyResult, { width, document }: PanelSize): Figure {
  const names = ["removed", "aligned", "second-form"] as const;
  const panels = names.map((name) => {
    const measure = result.measures[name]!;
    const svg = dotPanel({
      rows: dotRows(result, measure),
      x: { label: "", tickText: name === "removed" ? fine : percent },
      width,
      document,
    });
    return { title: measure.label, svg };
  });
  const said = names.map((name) => {
    const measure = result.measures[name]!;
    const each = result.protocol.arms.map(({ id, short }) => {
      const { mean } = measure.arms[id]!.interval;
      return `${short} ${mean === null ? "–" : formatMeasure(mean, measure)} %`;
    });
    return `${measure.label}: ${each.join(", ")}.`;
  });
  return {
    id: "assumptions",
    title: "How much the projection removes, and how often the paper’s assumptions hold",
    caption: `Means over ${pairedSeeds(result.seeds.length)} with 95 % t-intervals and single seeds, over all units of both layers and all observations. No verdict rests on them.`,
    alternative: said.join(" "),
    panels,
    columns: 3,
    numbers: errorTable(result, [...names]),
  };
}

function fine(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

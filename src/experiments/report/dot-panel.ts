import * as Plot from "@observablehq/plot";
import type { MeasureSummary, StudyResult } from "../study-result.ts";
import { armStyle } from "./arm-style.ts";
import { axisDomain, canShow } from "./axis-scale.ts";
import type { PanelAxis, PanelRule, PanelSize } from "./panel-layout.ts";
import {
  bottomAxis,
  MARGIN_BOTTOM,
  panelStyle,
  roomForTexts,
  scaleOptions,
  ticksOf,
} from "./plot-frame.ts";

/** One row: a mean with its interval, or a range, and the values it is of. */
export interface DotRow {
  /** Stands left of the row; unique in the panel. */
  readonly name: string;
  /** The arm's place in the study, for its colour and dot. */
  readonly arm: number;
  /** Null if there is no value at all: the row says so. */
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Single seeds. Default *none*. */
  readonly values?: readonly number[];
  /** Stands at the row's right end, such as `1 diverged`. */
  readonly note?: string;
}

export interface DotPanelOptions extends Omit<PanelSize, "height"> {
  readonly rows: readonly DotRow[];
  readonly x: PanelAxis;
  /** Lines from top to bottom, such as the paper's value. */
  readonly rules?: readonly PanelRule[];
  /** Default *enough for its rows*. */
  readonly height?: number;
}

const ROW = 30;

/** One row per arm: its mean as a dot on its interval, its seeds as small dots. */
export function dotPanel(options: DotPanelOptions): string {
  const { rows, rules = [], width, document } = options;
  const everything = rows.flatMap(({ mean, low, high, values = [] }) => [
    mean,
    low,
    high,
    ...values,
  ]);
  const domain = axisDomain(options.x, [...everything, ...rules.map(({ value }) => value)]);
  const x: PanelAxis = { ...options.x, domain };
  const drawn = rows.map((row) => ({
    ...row,
    note: [row.note, row.mean === null ? "no value" : undefined].filter(Boolean).join(", "),
  }));
  const plot = Plot.plot({
    document,
    width,
    height: options.height ?? 30 + MARGIN_BOTTOM + ROW * rows.length,
    marginTop: rules.length > 0 ? 26 : 14,
    marginBottom: MARGIN_BOTTOM,
    marginLeft: roomForTexts(rows.map(({ name }) => name)),
    marginRight: Math.max(18, roomForTexts(drawn.map(({ note }) => note))),
    style: panelStyle,
    x: scaleOptions(x),
    y: { type: "band", domain: rows.map(({ name }) => name), padding: 0.3 },
    marks: [
      Plot.gridX({ ...ticksOf(x), stroke: "var(--grid)", strokeOpacity: 1 }),
      bottomAxis(x),
      Plot.axisY({ tickSize: 0, label: null, color: "var(--ink)" }),
      ...rules.flatMap(ruleMarks),
      ...drawn.flatMap((row) => rowMarks(row, x)),
    ],
  });
  return plot.outerHTML;
}

function rowMarks(row: DotRow & { readonly note: string }, x: PanelAxis): Plot.Markish[] {
  const { name, arm, mean, low, high, values = [], note } = row;
  const { color, dash, symbol } = armStyle(arm);
  const [left, right] = x.domain!;
  const ends = [{ low: canShow(low, x) ? low : left, high, name }];
  const place = { x: "value", y: "name", stroke: color };
  const at = (value: number): object => ({ value, name });
  return [
    ...(high === null || low === null || !canShow(high, x)
      ? []
      : [
          Plot.ruleY(ends, {
            x1: "low",
            x2: "high",
            y: "name",
            stroke: color,
            strokeWidth: 2.2,
            clip: true,
            ...(dash && { strokeDasharray: dash }),
          }),
        ]),
    Plot.dot(values.filter((value) => canShow(value, x)).map(at), {
      ...place,
      r: 2.6,
      strokeOpacity: 0.65,
      dy: 8,
      clip: true,
    }),
    ...(canShow(mean, x)
      ? [Plot.dot([at(mean!)], { ...place, fill: color, symbol, r: 5, clip: true })]
      : []),
    Plot.text([at(right)], {
      x: "value",
      y: "name",
      text: () => note,
      dx: 8,
      textAnchor: "start",
      fill: "var(--muted)",
    }),
  ];
}

function ruleMarks({ value, text = "" }: PanelRule): Plot.Markish[] {
  const muted = "var(--muted)";
  return [
    Plot.ruleX([value], { stroke: muted, strokeDasharray: "2 2" }),
    Plot.text([value], {
      x: (place: number) => place,
      frameAnchor: "top",
      text: () => text,
      dy: -14,
      fill: muted,
    }),
  ];
}

/** A measure of a result as rows: every arm's mean, 95 % interval, seeds, and runs without a value. */
export function dotRows(
  { protocol }: Pick<StudyResult, "protocol">,
  { arms }: MeasureSummary,
): DotRow[] {
  return protocol.arms.flatMap(({ id, short }, arm): DotRow[] => {
    const summary = arms[id];
    if (summary === undefined) return [];
    const { perSeed, interval, atLeast } = summary;
    const seeds = Object.values(perSeed);
    const values = seeds.flatMap((value) => (value === null ? [] : [value]));
    const notes = [
      ...(values.length < seeds.length
        ? [`${seeds.length - values.length} of ${seeds.length} no value`]
        : []),
      ...(atLeast > 0 ? [`${atLeast} of ${seeds.length} at least`] : []),
    ];
    const { mean, low, high } = interval;
    return [{ name: short, arm, mean, low, high, values, note: notes.join(", ") }];
  });
}

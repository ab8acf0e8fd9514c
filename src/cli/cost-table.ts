/** What was measured, as numbers and as a table for people. */
import { percentile } from "../probes/percentile.ts";
import type { MeasuredModel } from "./measure-cost.ts";
import { textTable } from "./text-table.ts";
import { showBytes } from "./units.ts";

/** A number over rounds. */
interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface CostRow {
  /** Such as `batchNorm`, or `batchNorm at 0: linear(784, 100)`. */
  readonly name: string;
  /** Of a whole training step. */
  readonly msPerStep: Spread;
  /** This model's time / the baseline's in the same round. */
  readonly timesBaseline: Spread;
  readonly stateBytes: number;
  readonly workingBytes: number | null;
  /** What it holds more than the baseline, state and working memory together; null if unknown. */
  readonly extraBytes: number | null;
}

/** Errors: none; `measured` must have `baseline`. */
export function costRows(
  measured: ReadonlyMap<string, MeasuredModel>,
  baseline: string,
): readonly CostRow[] {
  const plain = measured.get(baseline)!;
  return [...measured].map(([name, model]) => ({
    name,
    msPerStep: spread(model.msPerStep),
    timesBaseline: spread(model.msPerStep.map((ms, round) => ms / plain.msPerStep[round]!)),
    stateBytes: model.stateBytes,
    workingBytes: model.workingBytes,
    extraBytes:
      model.workingBytes === null || plain.workingBytes === null
        ? null
        : model.stateBytes + model.workingBytes - plain.stateBytes - plain.workingBytes,
  }));
}

function spread(values: readonly number[]): Spread {
  const rounded = (value: number): number => Number(value.toPrecision(4));
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: rounded(percentile(sorted, 50)),
    least: rounded(sorted[0]!),
    most: rounded(sorted.at(-1)!),
  };
}

export function costTable(rows: readonly CostRow[], baseline: string): string {
  const heading = ["", "ms/step", "spread", `times ${baseline}`, "spread", "memory", "more"];
  const range = ({ least, most }: Spread, digits: number): string =>
    `${least.toFixed(digits)} to ${most.toFixed(digits)}`;
  const body = rows.map(({ name, msPerStep, timesBaseline, ...bytes }) => [
    name,
    msPerStep.median.toFixed(3),
    range(msPerStep, 3),
    name === baseline ? "-" : timesBaseline.median.toFixed(3),
    name === baseline ? "-" : range(timesBaseline, 3),
    bytes.workingBytes === null ? "-" : showBytes(bytes.stateBytes + bytes.workingBytes),
    bytes.extraBytes === null || name === baseline ? "-" : showDifference(bytes.extraBytes),
  ]);
  return textTable([heading, ...body]);
}

function showDifference(bytes: number): string {
  return bytes < 0 ? `-${showBytes(-bytes)}` : `+${showBytes(bytes)}`;
}

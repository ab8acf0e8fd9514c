import { randomBits, type RandomKey } from "../../base/random.ts";
import type { RowSplit } from "./split-rows.ts";
import type { TableEncoding } from "./table-encoding.ts";
import type { Table } from "./table.ts";
import type { TargetColumn } from "./target-column.ts";

/** Fewer test rows than this: a share of them has a standard error of up to 5 points. */
const FEW_TESTED = 100;
/** The rarest class is called rare below this share of an even one. */
const RARE = 0.2;

/** What a reader should know of a split before believing a result, each in a sentence. */
export function tableWarnings(
  table: Table,
  target: TargetColumn,
  rows: RowSplit,
  { constant }: TableEncoding,
): string[] {
  const count = table.rows;
  const used = rows.train.length + rows.test.length;
  const warnings: string[] = [];
  if (used < count) {
    warnings.push(
      `${count - used} of ${count} rows were left out: their ${target.name} is missing`,
    );
  }
  if (constant.length > 0) {
    warnings.push(`left out, because all training rows are alike in it: ${constant.join(", ")}`);
  }
  const repeated = repeatedRows(table, target.name, rows);
  if (repeated > 0) {
    warnings.push(
      `${repeated} of ${rows.test.length} test rows have the same inputs as a training row: a network can remember them`,
    );
  }
  if (rows.test.length < FEW_TESTED) {
    warnings.push(`only ${rows.test.length} rows to test on: differences must be large to be seen`);
  }
  return [...warnings, ...classWarnings(target, rows)];
}

function classWarnings(target: TargetColumn, { train, test }: RowSplit): string[] {
  if (target.task !== "classification") return [];
  const { labels, codes } = target;
  const trained = new Uint32Array(labels.length);
  const all = new Uint32Array(labels.length);
  for (const row of train) {
    trained[codes[row]!]!++;
    all[codes[row]!]!++;
  }
  for (const row of test) all[codes[row]!]!++;
  const warnings: string[] = [];
  const unseen = labels.filter((_, code) => all[code]! > 0 && trained[code] === 0);
  if (unseen.length > 0) warnings.push(`classes never trained on: ${unseen.join(", ")}`);
  const total = train.length + test.length;
  const [rarest, commonest] = [Math.min(...all), Math.max(...all)];
  if (rarest < (RARE * total) / labels.length) {
    const always = ((100 * commonest) / total).toFixed(1);
    warnings.push(
      `classes are unevenly many: "${labels[all.indexOf(rarest)]!}" has ${rarest} of ${total} rows; always saying "${labels[all.indexOf(commonest)]!}" is right for ${always} %`,
    );
  }
  return warnings;
}

/** Test rows whose inputs, all of them, are those of a training row. By a hash of 52 bits. */
function repeatedRows(table: Table, target: string, { train, test }: RowSplit): number {
  const keys = rowKeys(table, target);
  const trained = new Set<number>();
  for (const row of train) trained.add(keys[row]!);
  return test.reduce((sum, row) => sum + (trained.has(keys[row]!) ? 1 : 0), 0);
}

function rowKeys(table: Table, target: string): Float64Array {
  const high = new Uint32Array(table.rows);
  const low = new Uint32Array(table.rows);
  table.columns.forEach((column, index) => {
    if (column.name === target) return;
    const words =
      column.kind === "number"
        ? new Uint32Array(column.values.buffer, column.values.byteOffset, 2 * table.rows)
        : new Uint32Array(column.codes.buffer, column.codes.byteOffset, table.rows);
    const stride = words.length / table.rows;
    for (let row = 0; row < table.rows; row++) {
      const key: RandomKey = [high[row]!, low[row]!];
      high[row] = randomBits(words[row * stride]! ^ index, key);
      low[row] = randomBits(words[row * stride + stride - 1]!, [key[1], high[row]!]);
    }
  });
  return Float64Array.from(high, (word, row) => (word >>> 12) * 2 ** 32 + low[row]!);
}

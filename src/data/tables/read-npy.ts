import { DataError } from "../../base/errors.ts";
import { parseNpy, parseNpz, type NpyArray } from "./npy.ts";
import type { TypedFileOptions } from "./read-parquet.ts";
import type { Column, Table } from "./table.ts";
import { valueColumn } from "./value-column.ts";

/** Columns that an array may become: wider ones are images, not tables. */
const MOST_COLUMNS = 20_000;

/** An array [rows, …] as columns of numbers: `column 1`, `column 2`, … */
export function readNpy(bytes: Uint8Array, options: TypedFileOptions): Table {
  return tableOf(
    new Map([["column", parseNpy(bytes, options.name, options.maxCells)]]),
    "NPY",
    options,
  );
}

/** Arrays of one length beside each other: `y` for [rows], `x 1`, `x 2`, … for [rows, …]. */
export function readNpz(bytes: Uint8Array, options: TypedFileOptions): Table {
  return tableOf(parseNpz(bytes, options.name, options.maxCells), "NPZ", options);
}

function tableOf(
  arrays: ReadonlyMap<string, NpyArray>,
  format: string,
  { name, ignore = [], only }: TypedFileOptions,
): Table {
  const lengths = new Map([...arrays].map(([array, { shape }]) => [array, shape[0] ?? 1]));
  const rows = [...lengths.values()][0]!;
  const other = [...lengths].find(([, length]) => length !== rows);
  if (other !== undefined) {
    throw new DataError(
      `${name}: all arrays must have ${rows} rows, got ${other[1]} in "${other[0]}"`,
    );
  }
  const columns = [...arrays].flatMap(([array, { values, shape }]): Column[] => {
    const width = values.length / rows;
    if (width > MOST_COLUMNS) {
      throw new DataError(
        `${name}: "${array}" must have at most ${MOST_COLUMNS} numbers per row, got ${width}`,
      );
    }
    return Array.from({ length: width }, (_, i) => {
      const title = shape.length < 2 ? array : `${array} ${i + 1}`;
      const cells = new Float64Array(rows);
      for (let row = 0; row < rows; row++) cells[row] = values[row * width + i]!;
      return valueColumn(title, cells, name);
    });
  });
  const kept = columns.filter(
    ({ name: column }) => !ignore.includes(column) && (only?.includes(column) ?? true),
  );
  return Object.freeze({
    name,
    rows,
    columns: Object.freeze(kept),
    form: Object.freeze({ format }),
    skipped: [],
  });
}

/** What a table is to the rest of the house: named columns of one length, as typed arrays. */
import { OptionError } from "../../base/errors.ts";

export interface NumberColumn {
  readonly kind: "number";
  readonly name: string;
  /** NaN where the cell is missing; never infinite. */
  readonly values: Float64Array;
  /** How many cells are missing. */
  readonly missing: number;
}

export interface CategoryColumn {
  readonly kind: "category";
  readonly name: string;
  /** Indices into `labels`; -1 where the cell is missing. */
  readonly codes: Int32Array;
  /** The distinct texts, in code-unit order. */
  readonly labels: readonly string[];
  readonly missing: number;
}

export type Column = NumberColumn | CategoryColumn;

/** A row that was left out because something in it is wrong. */
export interface BadRow {
  readonly line: number;
  /** What is wrong with it, as the error would have said. */
  readonly reason: string;
}

export interface Table {
  /** Of the file, for messages. */
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** What was guessed or found of the file's form, by name, in words to show. */
  readonly form: Readonly<Record<string, string>>;
  /** Rows left out, at most as many as `skipBad` allowed. */
  readonly skipped: readonly BadRow[];
}

/**
 * The column of that name.
 *
 * Errors: OptionError naming the columns there are.
 */
export function columnNamed(table: Table, name: string): Column {
  const found = table.columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const known = table.columns.map((column) => column.name);
  const shown = known.slice(0, 20).join(", ") + (known.length > 20 ? ", …" : "");
  throw new OptionError(`${table.name}: has no column "${name}", its columns are ${shown}`);
}

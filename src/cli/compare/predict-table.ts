/** A saved model's predictions for the rows of a table, and how good they are where that is known. */
import { columnNamed, encodeInputs, type Table, type TableEncoding } from "../../data/index.ts";
import { networkOf } from "../../experiments/index.ts";
import type { Weights } from "../../nn/index.ts";
import type { Backend } from "../../run/backend.ts";
import { predict } from "../../train/index.ts";
import type { SavedModel } from "./model-file.ts";

export interface Predictions {
  /** Names of classes, or numbers in the target's unit. */
  readonly values: readonly (string | number)[];
  /** Of the class predicted; null when numbers are. */
  readonly probabilities: readonly number[] | null;
  /** Over the rows whose target the table has; null without one. */
  readonly score: PredictionScore | null;
}

interface PredictionScore {
  readonly measure: "accuracy" | "root mean squared error";
  readonly value: number;
  readonly rows: number;
}

/**
 * Predicts every row.
 *
 * Errors: OptionError for a table without a column the model needs; DataError for one of another
 *         kind, or weights that are not the model's.
 */
export async function predictTable(
  { model, weights }: { readonly model: SavedModel; readonly weights: Weights },
  table: Table,
  backend: Backend,
): Promise<Predictions> {
  const { encoding, subject, shape } = model;
  const rows = Uint32Array.from({ length: table.rows }, (_, row) => row);
  const inputs = encodeInputs(encoding, table, rows);
  const network = networkOf(subject, shape);
  const { data } = await predict(
    network,
    weights,
    { inputs, shape, count: table.rows },
    { backend },
  );
  const outputs = data as Float32Array;
  const { target } = encoding;
  if (target.kind === "number") {
    const values = Array.from(outputs, (output) => output * target.sd + target.mean);
    return { values, probabilities: null, score: scoreOf(values, table, target) };
  }
  const classes = target.labels.length;
  const best = rows.map((row) =>
    indexOfLargest(outputs.subarray(row * classes, (row + 1) * classes)),
  );
  const values = Array.from(best, (index) => target.labels[index]!);
  const probabilities = Array.from(best, (index, row) =>
    probability(outputs.subarray(row * classes, (row + 1) * classes), index),
  );
  return { values, probabilities, score: scoreOf(values, table, target) };
}

function indexOfLargest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** The softmax of the largest logit, which nothing can overflow. */
function probability(logits: Float32Array, index: number): number {
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - logits[index]!);
  return 1 / sum;
}

function scoreOf(
  values: readonly (string | number)[],
  table: Table,
  target: TableEncoding["target"],
): PredictionScore | null {
  if (!table.columns.some(({ name }) => name === target.name)) return null;
  const column = columnNamed(table, target.name);
  let sum = 0;
  let rows = 0;
  for (let row = 0; row < table.rows; row++) {
    const truth = column.kind === "number" ? column.values[row]! : column.codes[row]!;
    if (Number.isNaN(truth) || (column.kind === "category" && truth < 0)) continue;
    rows++;
    const known = column.kind === "category" ? column.labels[truth]! : truth;
    if (target.kind === "number") sum += (Number(known) - (values[row] as number)) ** 2;
    else if (String(known) === values[row]) sum++;
  }
  if (rows === 0) return null;
  if (target.kind === "class") return { measure: "accuracy", value: sum / rows, rows };
  return { measure: "root mean squared error", value: Math.sqrt(sum / rows), rows };
}

/**
 * Which changes of a dense layer's weights or data leave its normalized output as it was: the
 * paper's table 1, computed.
 *
 * Source: Ba et al. 2016, arXiv:1607.06450, table 1 and section 5.1.
 */
import { normalizeBlock, type NormalizerId } from "./normalize-block.ts";

export type DenseNormalizer = Extract<NormalizerId, "batch" | "weight" | "layer" | "rms">;

export type ChangeId =
  | "matrix-scaled"
  | "matrix-shifted"
  | "vector-scaled"
  | "data-scaled"
  | "data-shifted"
  | "case-scaled";

/** A layer's input [N, F] and weights, one vector [F] per unit. */
export interface DenseLayer {
  readonly inputs: readonly (readonly number[])[];
  readonly vectors: readonly (readonly number[])[];
}

/** Is the output the same after the change? As the paper's table has it. */
export const printedTable: Readonly<
  Record<"batch" | "weight" | "layer", Readonly<Record<ChangeId, boolean>>>
> = {
  batch: {
    "matrix-scaled": true,
    "matrix-shifted": false,
    "vector-scaled": true,
    "data-scaled": true,
    "data-shifted": true,
    "case-scaled": false,
  },
  weight: {
    "matrix-scaled": true,
    "matrix-shifted": false,
    "vector-scaled": true,
    "data-scaled": false,
    "data-shifted": false,
    "case-scaled": false,
  },
  layer: {
    "matrix-scaled": true,
    "matrix-shifted": true,
    "vector-scaled": false,
    "data-scaled": true,
    "data-shifted": false,
    "case-scaled": true,
  },
};

const FACTOR = 3;

/** Applies one change; the vector and the case that change are the first. */
export function changeLayer({ inputs, vectors }: DenseLayer, change: ChangeId): DenseLayer {
  const scaled = (row: readonly number[]): number[] => row.map((value) => FACTOR * value);
  const shifted = (row: readonly number[]): number[] => row.map((value, i) => value + 1 + 0.5 * i);
  const first =
    (of: (row: readonly number[]) => number[]) =>
    (row: readonly number[], i: number): readonly number[] =>
      i === 0 ? of(row) : row;
  switch (change) {
    case "matrix-scaled":
      return { inputs, vectors: vectors.map(scaled) };
    case "matrix-shifted":
      return { inputs, vectors: vectors.map(shifted) };
    case "vector-scaled":
      return { inputs, vectors: vectors.map(first(scaled)) };
    case "data-scaled":
      return { inputs: inputs.map(scaled), vectors };
    case "data-shifted":
      return { inputs: inputs.map(shifted), vectors };
    case "case-scaled":
      return { inputs: inputs.map(first(scaled)), vectors };
  }
}

/**
 * The largest change of any normalized output, in standard deviations of a pre-activation; ε is 0,
 * so what is invariant is so to rounding.
 */
export function outputChange(
  layer: DenseLayer,
  normalizer: DenseNormalizer,
  change: ChangeId,
): number {
  const before = normalizedOutput(layer, normalizer);
  const after = normalizedOutput(changeLayer(layer, change), normalizer);
  return Math.max(...before.map((value, i) => Math.abs(after[i]! - value)));
}

function normalizedOutput(
  { inputs, vectors }: DenseLayer,
  normalizer: DenseNormalizer,
): readonly number[] {
  const values = inputs.flatMap((row) =>
    vectors.map((vector) => vector.reduce((sum, weight, i) => sum + weight * row[i]!, 0)),
  );
  const shape = { examples: inputs.length, channels: vectors.length, height: 1, width: 1 };
  const weightLengths = vectors.map((vector) => Math.hypot(...vector));
  const options = { eps: 0, channelGroups: 1, weightLengths };
  return normalizeBlock({ ...shape, values }, normalizer, options).output;
}

/** What the op table holds: for each op, uses with expected values, and misuses with messages. */
import { sizeOf, stridesOf, type DType, type Shape } from "../../src/base/shape.ts";
import { uniform } from "../../src/base/random.ts";
import type { NdArray, Value } from "../../src/graph/value.ts";

export interface Operand {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: Float64Array;
}

export interface OpCase {
  readonly operands: readonly Operand[];
  /** Applies the op under test to inputs of the operands' types. */
  readonly build: (values: readonly Value[]) => Value;
  /** The same by a formula that shares no code with the op. */
  readonly expected: (operands: readonly NdArray[]) => ArrayLike<number>;
  /** Largest difference from `expected`, relative to max(1, |expected|). Default 1e-12. */
  readonly tolerance?: number;
  /** Is the result compared with central differences? Default: if an operand is f32. */
  readonly differentiable?: boolean;
  /** Does the slope jump here? Central differences then give the mean of both, as ties do. */
  readonly kink?: boolean;
}

export interface OpMisuse {
  readonly build: () => Value;
  readonly error: "ShapeError" | "OptionError" | "GraphError";
  readonly message: string;
}

export interface OpEntry {
  readonly cases: readonly OpCase[];
  readonly misuses: readonly OpMisuse[];
}

/** Sizes that fit no vector width, beside 1 and one that fits. */
export const EDGE_SHAPES: readonly Shape[] = [[], [1], [5], [7, 1], [3, 17], [2, 4, 8], [1, 1, 13]];

/** Numbers spread over [low, high), the same at every run. */
export function spread(shape: Shape, low = -2, high = 2, stream = 1): Operand {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    Math.fround(low + (high - low) * uniform(i, [stream, shape.length])),
  );
  return { shape, dtype: "f32", data };
}

/** Whole numbers spread over [low, high). */
export function whole(shape: Shape, dtype: DType, low: number, high: number, stream = 2): Operand {
  const { data } = spread(shape, 0, 1, stream);
  return { shape, dtype, data: data.map((u) => low + Math.floor((high - low) * u)) };
}

export function given(shape: Shape, dtype: DType, numbers: readonly number[]): Operand {
  return { shape, dtype, data: Float64Array.from(numbers) };
}

/** A key of the counter-based generator, u32 [2]. */
export function key(word0: number, word1: number): Operand {
  return given([2], "u32", [word0, word1]);
}

/** A formula applied to one element of each operand, all of one shape. */
export function elementwise(formula: (...elements: number[]) => number): OpCase["expected"] {
  return (operands) =>
    operands[0]!.data.map((_, i) => formula(...operands.map(({ data }) => data[i]!)));
}

/** The rows of a matrix. */
export function rowsOf({ shape, data }: NdArray): number[][] {
  const width = shape.at(-1) ?? 1;
  return Array.from({ length: data.length / width }, (_, row) => [
    ...data.subarray(row * width, (row + 1) * width),
  ]);
}

/** The element at every index of `shape`, by a formula of the index. */
export function byIndex(shape: Shape, formula: (index: number[]) => number): number[] {
  const strides = stridesOf(shape);
  return Array.from({ length: sizeOf(shape) }, (_, i) =>
    formula(shape.map((size, axis) => Math.floor(i / strides[axis]!) % size)),
  );
}

/** The element at one index. */
export function at({ shape, data }: NdArray, index: readonly number[]): number {
  const strides = stridesOf(shape);
  return data[index.reduce((offset, i, axis) => offset + i * strides[axis]!, 0)]!;
}

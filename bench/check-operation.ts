import { streamKey, uniform } from "../src/base/random.ts";
import type { Verdict } from "./check.ts";
import type { OperationProblem } from "./problem.ts";
import { convolve, inputGradient, weightGradient, type Geometry } from "./reference-convolution.ts";
import type { Operation } from "./workloads/workload.ts";

/** Errors may be this share of the rows' root mean square; one wrong element makes a tenth of it. */
const TOLERANCE = 2e-4;

/**
 * Judges every element of a result at the price of one column of it: the result times a random
 * vector must be what the operands give when the vector is multiplied into one of them first, in
 * float64.
 *
 * Source: Freivalds 1977, Probabilistic machines can use less running time.
 */
export function checkOperation(problem: OperationProblem, result: Float32Array): Verdict {
  const { workload } = problem;
  const columns = workload.result.at(-1)!;
  const key = streamKey(1, "check");
  const vector = Float64Array.from({ length: columns }, (_, i) => 2 * uniform(i, key) - 1);
  const expected = throughVector(problem, vector);
  if (result.length !== expected.length * columns) {
    const size = expected.length * columns;
    return { reason: `the result has ${result.length} numbers, not ${size}`, worst: Infinity };
  }
  const got = timesVector(result, vector);
  const scale = Math.sqrt(expected.reduce((sum, value) => sum + value ** 2, 0) / expected.length);
  const error = got.reduce((most, value, row) => {
    const off = Math.abs(value - expected[row]!) / scale;
    // NaN is lost in a comparison.
    return off <= most ? most : Number.isNaN(off) ? Infinity : off;
  }, 0);
  const worst = error / TOLERANCE;
  const reason =
    worst <= 1 ? null : `the result is off by ${error.toExponential(1)}, allowed ${TOLERANCE}`;
  return { reason, worst };
}

/** The result's product with the vector, without the result. */
function throughVector(
  { workload, operands }: OperationProblem,
  vector: Float64Array,
): Float64Array {
  const [first, second] = operands;
  switch (workload.op) {
    case "matmul":
      return timesVector(first, timesVector(second, vector));
    case "conv-forward":
      return convolve(first, timesVector(second, vector), geometryOf(workload, { outputs: 1 }));
    case "conv-input-gradient": {
      const outputs = workload.operands[1].shape[3]!;
      const narrow = new Float64Array(second.length / vector.length);
      second.forEach((value, at) => {
        const pair = Math.floor(at / outputs);
        const to = Math.floor(pair / vector.length) * outputs + (at % outputs);
        narrow[to]! += value * vector[pair % vector.length]!;
      });
      return inputGradient(first, narrow, geometryOf(workload, { inputs: 1 }));
    }
    case "conv-weight-gradient":
      return weightGradient(
        first,
        timesVector(second, vector),
        geometryOf(workload, { outputs: 1 }),
      );
  }
}

/** A matrix of as many columns as the vector is long, times the vector. */
function timesVector(matrix: Float32Array, vector: Float64Array): Float64Array {
  const columns = vector.length;
  const product = new Float64Array(matrix.length / columns);
  for (let row = 0; row < product.length; row++) {
    for (let i = 0; i < columns; i++) product[row]! += matrix[row * columns + i]! * vector[i]!;
  }
  return product;
}

function geometryOf(
  { operands, result, kernel, op }: Operation,
  change: Partial<Geometry>,
): Geometry {
  const weight = op === "conv-weight-gradient" ? result : operands[1].shape;
  const [batch, height, width] = operands[0].shape as [number, number, number, number];
  return { batch, height, width, kernel, inputs: weight[2]!, outputs: weight[3]!, ...change };
}

import type { Operation } from "./workload.ts";

/** A product of two square matrices. */
export function gemm(size: number): Operation {
  const square = [size, size];
  return {
    kind: "operation",
    name: `gemm-${size}`,
    title: `matrix product, ${size} x ${size} x ${size}`,
    op: "matmul",
    operands: [
      { name: "a", shape: square },
      { name: "b", shape: square },
    ],
    result: square,
    kernel: 1,
    flops: 2 * size ** 3,
  };
}

/** Every operation of the kernel IR: the interpreter and emitted WebAssembly must agree bit for bit. */
import { describe, expect, test } from "vitest";
import { emitModule } from "../src/emit/wasm/module.ts";
import type { Kernel } from "../src/loops/ir.ts";
import {
  bitsOf,
  buffers,
  differences,
  expectedBits,
  operationCases,
  pairs,
  pairValues,
  vectorCases,
} from "./kernel-cases.ts";

function byWasm(kernel: Kernel, relaxedFma: boolean): Int32Array {
  const pages = Math.ceil((pairs * 4 * buffers.length) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages });
  const values = pairValues();
  for (const [at, buffer] of buffers.entries()) {
    new Float32Array(memory.buffer, at * pairs * 4, pairs).set(values.get(buffer)!);
  }
  const bytes = emitModule([kernel], {
    addressOf: (buffer) => buffers.indexOf(buffer) * pairs * 4,
    relaxedFma,
    memory: { minimum: pages, shared: false },
  });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  (instance.exports["run"] as () => void)();
  return bitsOf(new Float32Array(memory.buffer, 2 * pairs * 4, pairs));
}

const oneLane = operationCases(1).map(({ name, kernel }) => [name, kernel] as const);
const fourLanes = [...operationCases(4), ...vectorCases(4)].map(
  ({ name, kernel }) => [name, kernel] as const,
);

describe("with 1 lane", () => {
  test.each(oneLane)("%s", (_, kernel) => {
    expect(differences(byWasm(kernel, false), expectedBits(kernel, false))).toEqual([]);
  });
});

describe.each([
  ["rounding a multiply-add twice", false],
  ["rounding a multiply-add once", true],
] as const)("with 4 lanes, %s", (_, fused) => {
  test.each(fourLanes)("%s", (_name, kernel) => {
    expect(differences(byWasm(kernel, fused), expectedBits(kernel, fused))).toEqual([]);
  });
});

import { expect, test } from "vitest";
import { addIndex, constantIndex, kernelBuilder, load, scaleIndex } from "../../loops/builder.ts";
import type { Buffer, Kernel } from "../../loops/ir.ts";
import { emitModule } from "./module.ts";

const x: Buffer = { name: "x", length: 41 };
const y: Buffer = { name: "y", length: 41 };

/** x lies at the very start of memory: nothing below it can be addressed. */
function addressOf(buffer: Buffer): number {
  return buffer === x ? 0 : 256;
}

async function run(kernel: Kernel, input: readonly number[]): Promise<number[]> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const options = { addressOf, relaxedFma: false, memory: { minimum: 1, shared: false } };
  new Float32Array(memory.buffer, 0, x.length).set(input);
  const { instance } = await WebAssembly.instantiate(emitModule([kernel], options), {
    env: { memory },
  });
  (instance.exports["run"] as () => void)();
  return [...new Float32Array(memory.buffer, addressOf(y), y.length)];
}

const numbers = Array.from({ length: 41 }, (_, i) => i + 1);

test("an index may fall as its loop rises", async () => {
  const k = kernelBuilder("reverse");
  k.loop("i", 0, 41, 1, (at) => {
    k.store(y, at, load(x, addIndex(constantIndex(40), scaleIndex(at, -1))));
  });
  expect(await run(k.finish(), numbers)).toEqual(numbers.toReversed());
});

test("a vector may be read backwards, whole or in part", async () => {
  const k = kernelBuilder("reverse");
  k.loop("i", 0, 40, 4, (at) => {
    const from = addIndex(constantIndex(40), scaleIndex(at, -1));
    k.store(y, at, load(x, from, { lanes: 4, stride: -1 }));
  });
  k.store(y, constantIndex(39), load(x, constantIndex(1), { lanes: 4, stride: -1, count: 2 }), 2);
  expect(await run(k.finish(), numbers)).toEqual(numbers.toReversed());
});

test("an index may start below the buffer, as long as no access does", async () => {
  const k = kernelBuilder("shift");
  k.loop("i", 5, 41, 1, (at) => k.store(y, at, load(x, addIndex(at, constantIndex(-5)))));
  const expected = numbers.map((_, i) => (i < 5 ? 0 : i - 4));
  expect(await run(k.finish(), numbers)).toEqual(expected);
});

test("every kernel and the whole program are exported by name, and profilers see the names", () => {
  const k = kernelBuilder("3-matmul-add");
  k.store(y, constantIndex(0), load(x, constantIndex(0)));
  const options = { addressOf, relaxedFma: false, memory: { minimum: 1, shared: false } };
  const module = new WebAssembly.Module(emitModule([k.finish()], options));
  expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual([
    "3-matmul-add",
    "run",
  ]);
  expect(WebAssembly.Module.customSections(module, "name")).toHaveLength(1);
});

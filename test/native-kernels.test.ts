/** Every operation of the kernel IR as C, at each width: bit for bit what the interpreter gives. */
import { beforeAll, describe, expect, test } from "vitest";
import { emitC } from "../src/emit/c/program.ts";
import type { NativeLibrary } from "../src/run/native-host.ts";
import {
  bitsOf,
  buffers,
  differences,
  expectedBits,
  operationCases,
  out,
  pairValues,
  vectorCases,
} from "./kernel-cases.ts";
import { nativeHost } from "./native-host.ts";

const fused = nativeHost?.description.includes("with FMA") ?? true;

describe.skipIf(nativeHost === null).each([4, 8, 16])("vectors of %d lanes", (lanes) => {
  const cases = [
    ...operationCases(1).map((one) => ({ ...one, name: `${one.name}, 1 lane` })),
    ...operationCases(lanes),
    ...vectorCases(lanes),
  ].map((one, i) => [one.name, { ...one, entry: `case${i}` }] as const);
  let library: NativeLibrary;

  beforeAll(async () => {
    const programs = cases.map(([, { entry, kernel }]) => ({
      name: entry,
      kernels: [kernel],
      placeOf: (buffer: (typeof buffers)[number]) => ({ base: buffers.indexOf(buffer), offset: 0 }),
    }));
    library = await nativeHost!.compile(emitC(programs, lanes));
  });

  test.each(cases)("%s", (_, { entry, kernel }) => {
    const memory = pairValues();
    const bases = buffers.map((buffer) => nativeHost!.addressOf(memory.get(buffer)!.buffer));
    library.entry(entry)(BigUint64Array.from(bases));
    expect(differences(bitsOf(memory.get(out)!), expectedBits(kernel, fused))).toEqual([]);
  });
});

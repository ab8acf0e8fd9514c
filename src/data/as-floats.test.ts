import { expect, test } from "vitest";
import { asFloats } from "./as-floats.ts";
import { gatherInputs } from "./gather.ts";

const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);

test("gathering from floats gives bitwise what gathering from bytes gives", () => {
  const split = { inputs: bytes, inputScale: 1 / 255, shape: [4], count: 64 };
  const floats = asFloats(split);
  expect(floats.inputs).toBeInstanceOf(Float32Array);
  const rows = [63, 0, 17, 17];
  const [a, b] = [new Float32Array(16), new Float32Array(16)];
  gatherInputs(split, { rows }, a);
  gatherInputs(floats, { rows }, b);
  expect([...b]).toEqual([...a]);
  expect(a[0]).toBe(Math.fround(252 / 255));
});

test("the same bytes are converted once per scale", () => {
  const split = { inputs: bytes, inputScale: 1 / 255, shape: [256], count: 1 };
  expect(asFloats({ ...split }).inputs).toBe(asFloats(split).inputs);
  const other = asFloats({ ...split, inputScale: 1 });
  expect(other.inputs[255]).toBe(255);
});

test("floats stay as they are", () => {
  const split = { inputs: Float32Array.of(1, 2), shape: [2], count: 1, inputScale: 0.5 };
  expect(asFloats(split)).toBe(split);
});

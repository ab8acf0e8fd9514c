import { describe, expect, test } from "vitest";
import { progressBar } from "./progress-bar.ts";
import { textTable } from "./text-table.ts";
import { showBytes, showSeconds } from "./units.ts";
import { engineFeatures } from "./engine-features.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [11_496_804, "11.5 MB"],
  [123_456_789, "123 MB"],
  [5e15, "5000 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(showBytes(bytes)).toBe(text);
});

test.each([
  [0, "0.0 s"],
  [59.94, "59.9 s"],
  [59.96, "1 min 00 s"],
  [125.4, "2 min 05 s"],
  [3599.6, "1 h 00 min"],
  [11_220, "3 h 07 min"],
])("%d seconds are %s", (seconds, text) => {
  expect(showSeconds(seconds)).toBe(text);
});

test.each([
  [0, "░░░░"],
  [0.5, "██░░"],
  [1 / 32, "▏░░░"],
  [1, "████"],
  [1.7, "████"],
  [-1, "░░░░"],
])("a bar at %d", (share, text) => {
  expect(progressBar(share, 4)).toBe(text);
});

test("a table's numbers stand to the right, its words to the left", () => {
  const table = textTable([
    ["arm", "steps", "interval"],
    ["plain", ">= 3,000", "-"],
    ["bn", "800", "[1.0, 2.0]"],
  ]);
  expect(table).toBe("arm       steps  interval\nplain  >= 3,000  -\nbn          800  [1.0, 2.0]");
});

describe("engineFeatures", () => {
  // Every Node we run on has these; a mistake in the bytes would deny them.
  test("finds what this engine is known to have", () => {
    expect(engineFeatures()).toMatchObject({ simd: true, sharedMemory: true });
  });

  test("asks for rounding only where there is an instruction to ask", () => {
    const { relaxedSimd, fusedMultiplyAdd } = engineFeatures();
    expect(fusedMultiplyAdd === null).toBe(!relaxedSimd);
  });
});

import { expect, test } from "vitest";
import { seriesText } from "./series-text.ts";

const color = "var(--arm-0)";

test("a line is told from its first point to its last, with the band there", () => {
  const points = [
    { x: 0, y: 2.29512 },
    { x: 10, y: 0.5 },
    { x: 20, y: 0.012345, low: 0.01, high: 0.02 },
  ];
  expect(seriesText([{ label: "plain", color, points }])).toBe(
    "plain: from 2.3 at step 0 to 0.0123 at step 20, there between 0.01 and 0.02.",
  );
});

test("shares are told in percent, a single point alone, and a line without points not at all", () => {
  const series = [
    { label: "one", color, points: [{ x: 5, y: 0.9156 }] },
    { label: "none", color, points: [] },
  ];
  expect(seriesText(series, true)).toBe("one: 91.6 % at step 5.");
});

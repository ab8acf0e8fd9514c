import { expect, test } from "vitest";
import { spreadLabels } from "./spread-labels.ts";

const room = { gap: 10, low: 0, high: 100 };

test("labels with room stay where they are", () => {
  expect(spreadLabels([50, 20, 90], room)).toEqual([50, 20, 90]);
});

test("labels that overlap move apart about their middle, in their order", () => {
  expect(spreadLabels([52, 50], room)).toEqual([56, 46]);
});

test("labels stay inside, and apart", () => {
  expect(spreadLabels([1, 0], room)).toEqual([10, 0].map((y) => y));
  const [first, second, third] = spreadLabels([99, 100, 98], room) as [number, number, number];
  expect(Math.max(first, second, third)).toBeLessThanOrEqual(100);
  expect(first - third).toBeGreaterThanOrEqual(10);
  expect(second - first).toBeGreaterThanOrEqual(10);
});

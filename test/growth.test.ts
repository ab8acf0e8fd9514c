import { expect, test } from "vitest";
import { growthOf } from "../bench/growth/fit.ts";
import { sweeps } from "../bench/growth/sweeps.ts";
import { usefulFlops } from "../bench/workloads/workload.ts";

const work = [1e3, 2e3, 5e3, 9e3, 20e3];

test("finds the power that time grows with", () => {
  const points = work.map((flops, size) => ({ size, flops, milliseconds: 3 * flops ** 0.8 }));
  const { exponent, cliff } = growthOf(points);
  expect(exponent).toBeCloseTo(0.8, 10);
  expect(cliff.ratio).toBeLessThan(1);
});

test("finds the step at which operations become dearer", () => {
  const points = work.map((flops, size) => ({
    size,
    flops,
    milliseconds: flops * (size < 3 ? 1 : 1.6),
  }));
  const { ratio, from, to } = growthOf(points).cliff;
  expect(ratio).toBeCloseTo(1.6, 10);
  expect([from, to]).toEqual([2, 3]);
});

test.each(sweeps.map((sweep) => [sweep.name, sweep] as const))(
  "%s: every size is more work than the one before",
  (_, { sizes, network }) => {
    const flops = sizes.map((size) => usefulFlops(network(size)));
    expect(flops.length).toBeGreaterThan(5);
    flops.slice(1).forEach((more, i) => expect(more).toBeGreaterThan(flops[i]!));
  },
);

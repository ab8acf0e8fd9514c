import { expect, test } from "vitest";
import { costRows, costTable } from "./cost-table.ts";

const measured = new Map([
  ["none", { msPerStep: [1, 4, 2], stateBytes: 100, workingBytes: 50 }],
  ["dropout", { msPerStep: [2, 4, 3], stateBytes: 100, workingBytes: 1050 }],
  ["batchNorm", { msPerStep: [3, 6, 2], stateBytes: 110, workingBytes: 20 }],
]);

test("costs are medians of ratios within rounds, and differences of bytes", () => {
  const rows = costRows(measured, "none");
  expect(rows.map(({ name, extraBytes }) => [name, extraBytes])).toEqual([
    ["none", 0],
    ["dropout", 1000],
    ["batchNorm", -20],
  ]);
  expect(rows[1]).toMatchObject({
    msPerStep: { median: 3, least: 2, most: 4 },
    timesBaseline: { median: 1.5, least: 1, most: 2 },
  });
});

test("the table names the baseline and shows signs", () => {
  const lines = costTable(costRows(measured, "none"), "none").split("\n");
  expect(lines[0]).toMatch(/ms\/step +spread +times none +spread +memory +more$/);
  expect(lines[1]).toMatch(/^none +2\.000 +1\.000 to 4\.000 +- +- +150 B +-$/);
  expect(lines[2]).toMatch(/^dropout +3\.000 .* 1\.500 +1\.000 to 2\.000 +1\.1 kB +\+1\.0 kB$/);
  expect(lines[3]).toMatch(/-20 B$/);
});

test("bytes that a backend does not tell are unknown, not 0", () => {
  const untold = [...measured].map(
    ([name, model]) => [name, { ...model, workingBytes: null }] as const,
  );
  const [, row] = costRows(new Map(untold), "none");
  expect(row).toMatchObject({ workingBytes: null, extraBytes: null });
  expect(costTable([row!], "none")).toMatch(/- +-$/);
});

import { describe, expect, test } from "vitest";
import { DataError, OptionError } from "../../base/errors.ts";
import { readTable } from "./read-table.ts";
import { encodeInputs } from "./table-encoding.ts";
import { tableDataset } from "./table-dataset.ts";
import { holdOut, kFolds } from "./split-rows.ts";
import type { Table } from "./table.ts";

const read = async (text: string): Promise<Table> =>
  readTable(new TextEncoder().encode(text), { name: "t.csv" });

/** 40 rows: a number with gaps, a colour, a constant, a class that is rare, a price. */
async function flats(): Promise<Table> {
  const rows = Array.from({ length: 40 }, (_, i) => {
    const area = i % 8 === 3 ? "" : String(10 + i);
    return `${area},${["red", "blue"][i % 2]!},1,${i % 10 === 0 ? "rare" : "often"},${100 + 3 * i}.5`;
  });
  return read(`area,colour,one,kind,price\n${rows.join("\n")}\n`);
}

describe("tableDataset", () => {
  test("standardizes by the training rows alone", async () => {
    const table = await flats();
    const data = await tableDataset(table, { target: "price" });
    expect(data).toMatchObject({ task: "regression", classes: null, labels: null });
    expect([data.train.count, data.test.count, data.train.shape]).toEqual([32, 8, [6]]);
    const { inputs, targets } = data.train;
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const width = 6;
    const areas = [...Array(32).keys()].filter((i) => inputs[i * width + 1] === 0);
    const known = areas.map((i) => inputs[i * width]!);
    expect(mean(known)).toBeCloseTo(0, 6);
    expect(mean(known.map((value) => value ** 2))).toBeCloseTo(1, 5);
    expect(mean([...targets])).toBeCloseTo(0, 6);
    expect(Math.abs(mean([...data.test.targets]))).toBeGreaterThan(0.01);
    expect(data.encoding.constant).toEqual(["one"]);
  });

  test("one-hot inputs know the labels of training, and no others", async () => {
    const table = await flats();
    const { encoding } = await tableDataset(table, { target: "price" });
    const other = await read("kind,colour,area\nnew,blue,20\nrare,,\n");
    const rows = Uint32Array.of(0, 1);
    const [number, colour] = [encoding.features[0]!, encoding.features[1]!];
    expect(colour).toMatchObject({ labels: ["blue", "red"], marksMissing: false });
    const area = number.kind === "number" ? (20 - number.mean) / number.sd : Number.NaN;
    // area, area missing, blue, red, often, rare; one row after the other.
    const expected = [Math.fround(area), 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1];
    expect([...encodeInputs(encoding, other, rows)]).toEqual(expected);
  });

  test("warns of what makes results doubtful", async () => {
    const twins = await read(`x,y\n${"1,a\n2,b\n".repeat(30)}3,\n3,c\n3,c\n`);
    const { warnings, labels } = await tableDataset(twins, { target: "y" });
    expect(labels).toEqual(["a", "b", "c"]);
    expect(warnings).toEqual([
      "1 of 63 rows were left out: their y is missing",
      expect.stringMatching(/^1[23] of 1[23] test rows have the same inputs as a training row/),
      expect.stringMatching(/^only 1[23] rows to test on/),
      'classes are unevenly many: "c" has 2 of 62 rows; always saying "a" is right for 48.4 %',
    ]);
  });

  test("depends on seed and content alone", async () => {
    const table = await flats();
    const first = await tableDataset(table, { target: "kind" });
    const again = await tableDataset(await flats(), { target: "kind" });
    const other = await tableDataset(table, { target: "kind", seed: 2 });
    expect(first.hash).toBe(again.hash);
    expect(first.hash).not.toBe(other.hash);
    expect([...first.test.targets].filter((code) => code === 1)).toHaveLength(1);
  });

  test("refuses a target that cannot be learned", async () => {
    const table = await read("x,same,id,n\n1,k,a,1\n2,k,b,1\n3,k,c,1\n4,k,d,1\n");
    const make = (target: string, task?: "regression"): Promise<unknown> =>
      tableDataset(table, { target, ...(task && { task }) });
    await expect(make("same")).rejects.toThrow(
      't.csv: the target "same" must have at least 2 classes, got only "k"',
    );
    await expect(make("n", "regression")).rejects.toThrow("must vary, got 1 in every training row");
    await expect(make("id", "regression")).rejects.toThrow(DataError);
    await expect(make("price")).rejects.toThrow(OptionError);
  });
});

describe("splits", () => {
  const classes = Uint8Array.from({ length: 103 }, (_, i) => (i % 10 === 0 ? 1 : 0));

  test("folds are disjoint, together everything, and even in every class", () => {
    const folds = kFolds(103, 5, { seed: 7, classes });
    const all = folds.flatMap(({ test: rows }) => [...rows]).toSorted((a, b) => a - b);
    expect(all).toEqual([...Array(103).keys()]);
    for (const { train, test: rows } of folds) {
      expect(train.length + rows.length).toBe(103);
      expect(train.filter((row) => rows.includes(row))).toHaveLength(0);
      expect([2, 3]).toContain(rows.filter((row) => classes[row] === 1).length);
      expect([20, 21]).toContain(rows.length);
    }
  });

  test("one split has the share of each class", () => {
    const { train, test: rows } = holdOut(103, 0.2, { seed: 3, classes });
    expect(rows.filter((row) => classes[row] === 1)).toHaveLength(2);
    expect(rows).toHaveLength(20);
    expect(train).toHaveLength(83);
    expect(() => kFolds(3, 4, { seed: 1, classes: null })).toThrow(
      "kFolds: folds must be an integer in [2, 3], got 4",
    );
  });
});

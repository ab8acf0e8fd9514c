import { beforeAll, describe, expect, test } from "vitest";
import { readTable, type Table } from "../../data/index.ts";
import { selectBackend } from "../../run/select.ts";
import type { Backend } from "../../run/backend.ts";
import { memoryStore } from "../memory-store.ts";
import type { RunStore } from "../run-store.ts";
import { tableComparisonData } from "./comparison-data.ts";
import { checkSpec, type CompareSpec } from "./compare-spec.ts";
import type { ComparisonResult } from "./comparison-result.ts";
import { comparisonSentence } from "./comparison-text.ts";
import { planComparison } from "./plan-comparison.ts";
import { runComparison, type ComparisonEvent } from "./run-comparison.ts";

let backend: Backend;
let table: Table;

/** Two classes by the sign of a product, with a third of the rows wrong: learnable, not perfectly. */
beforeAll(async () => {
  backend = await selectBackend("wasm");
  const rows = Array.from({ length: 90 }, (_, i) => {
    const [a, b] = [Math.sin(3 * i), Math.cos(7 * i)];
    return `${a.toFixed(4)},${b.toFixed(4)},${a * b > 0 || i % 9 === 0 ? "up" : "down"}`;
  });
  table = await readTable(new TextEncoder().encode(`a,b,y\n${rows.join("\n")}\n`));
});

async function compare(
  settings: Partial<CompareSpec>,
  store: RunStore = memoryStore(),
): Promise<{ result: ComparisonResult; events: ComparisonEvent[] }> {
  const spec = checkSpec(
    { data: "t", target: "y", steps: 20, shared: { width: 8 }, ...settings },
    "t",
  );
  const folds = { seeds: [1], folds: spec.folds ?? 3, testShare: 0.3 };
  const data = await tableComparisonData(table, { target: "y" }, folds);
  const events: ComparisonEvent[] = [];
  const options = { store, backend, version: "0", command: "evenkeel compare t" };
  for await (const event of runComparison(planComparison(spec, data), options)) events.push(event);
  const last = events.at(-1)!;
  if (last.type !== "done") {
    throw new Error(`the comparison must end in a result, got ${last.type}`);
  }
  return { result: last.result, events };
}

const table0 = ({ arms }: ComparisonResult): unknown =>
  arms.map(({ id, values, difference }) => [id, values, difference]);

describe("runComparison", () => {
  const arms = [{}, { normalizer: "batchNorm" }];

  test("runs each arm on each fold and tells the differences", async () => {
    const { result } = await compare({ arms });
    expect(result.pairs).toEqual([0, 1, 2].map((fold) => ({ seed: 1, fold })));
    const [none, batchNorm] = result.arms;
    expect(none).toMatchObject({ id: "none", difference: null, diverged: 0 });
    const gaps = batchNorm!.values.map((value, i) => value! - none!.values[i]!);
    expect(batchNorm!.difference!.mean).toBeCloseTo(
      gaps.reduce((sum, gap) => sum + gap, 0) / 3,
      12,
    );
    expect(result.method).toContain(
      "Nadeau and Bengio (2003) for splits that share rows (tested/trained = 0.50) at 95 %",
    );
    expect(comparisonSentence(result, new Map())).toMatch(/^batchNorm .* none/);
  });

  test("is the same again, from what is there and from nothing; a wider one adds what is new", async () => {
    const store = memoryStore();
    const first = await compare({ arms }, store);
    const again = await compare({ arms }, store);
    const fresh = await compare({ arms });
    expect(table0(again.result)).toEqual(table0(first.result));
    expect(table0(fresh.result)).toEqual(table0(first.result));
    expect(again.result).toMatchObject({ id: first.result.id, provenance: { reusedRuns: 6 } });
    const wider = await compare({ arms: [...arms, { dropout: 0.2 }] }, store);
    expect(wider.result.provenance.reusedRuns).toBe(6);
    expect(wider.result.runs).toHaveLength(9);
  });

  test("halving leaves arms behind by their mean, never the baseline", async () => {
    const rates = [0.0001, 0.003, 0.01, 0.02, 0.03, 0.04];
    const { result, events } = await compare({
      arms: { learningRate: rates },
      halving: 2,
      steps: 16,
    });
    const rounds = events.flatMap((event) =>
      event.type === "round" ? [[event.steps, event.runs.length]] : [],
    );
    expect(rounds).toEqual([
      [8, 18],
      [16, 12],
    ]);
    expect(result.arms[0]!.prunedAt).toBeNull();
    expect(result.arms.filter(({ prunedAt }) => prunedAt === 8)).toHaveLength(2);
    expect(result.arms.find(({ id }) => id === result.best)!.prunedAt).toBeNull();
  });

  test("counts runs that diverge, and does not average over them in silence", async () => {
    const { result } = await compare({
      arms: [{}, { optimizer: "sgd", learningRate: 1e30, name: "wild" }],
    });
    const wild = result.arms[1]!;
    expect(wild).toMatchObject({
      diverged: 3,
      mean: null,
      difference: { n: 0, finding: "too few pairs" },
    });
    expect(comparisonSentence(result, new Map())).toContain("Diverged: wild in 3 of 3 runs");
  });

  test("refuses arms that do not fit the data", async () => {
    await expect(compare({ arms: [{ batchSize: 61 }] })).rejects.toThrow(
      "batch size 61: batchSize must be at most the 60 training examples, got 61",
    );
    await expect(compare({ baseline: "bn" })).rejects.toThrow(
      "baseline: must be one of none, batchNorm",
    );
    await expect(compare({ arms: [{ layers: [{ layer: "conv2d" }] }] })).rejects.toThrow(
      "1 layers: layer 1: conv2d takes images",
    );
  });
});

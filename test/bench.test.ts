import { describe, expect, it } from "vitest";
import { CHECK_STEPS, checkOutcome } from "../bench/check.ts";
import { evenkeelTrainer } from "../bench/engines/evenkeel-trainer.ts";
import type { Trainer } from "../bench/engines/engine.ts";
import { describeMachine } from "../bench/machine.ts";
import { readOptions } from "../bench/options.ts";
import { joinTensors, makeProblem, splitTensors } from "../bench/problem.ts";
import { referenceSteps, type Outcome } from "../bench/reference.ts";
import { markdown, median, resultsOf } from "../bench/report.ts";
import { roster } from "../bench/roster.ts";
import type { Measurement } from "../bench/rounds.ts";
import { w1BatchNorm } from "../bench/workloads/w1-bn.ts";
import { w1 } from "../bench/workloads/w1.ts";
import { usefulFlops, type Workload } from "../bench/workloads/workload.ts";
import { reference } from "../src/run/reference.ts";

/** Every kind of layer, small enough for the interpreter. */
const small: Workload = {
  ...w1,
  name: "small",
  batch: 7,
  layers: [
    { kind: "linear", inputs: 5, outputs: 6 },
    { kind: "batchNorm", channels: 6 },
    { kind: "sigmoid" },
    { kind: "linear", inputs: 6, outputs: 4 },
    { kind: "relu" },
    { kind: "linear", inputs: 4, outputs: 3 },
  ],
};

async function outcomeOf(trainer: Trainer): Promise<Outcome> {
  await trainer.reset();
  const losses: number[] = [];
  for (let step = 0; step < CHECK_STEPS; step++) {
    await trainer.run(1);
    losses.push(await trainer.loss());
  }
  return { losses, tensors: await trainer.tensors() };
}

describe("the check before timing", () => {
  const problem = makeProblem(small);
  const expected = referenceSteps(problem, CHECK_STEPS);
  const tampered = (name: string, change: (value: number, index: number) => number): Outcome => ({
    losses: expected.losses,
    tensors: new Map(
      [...expected.tensors].map(([key, data]) => [
        key,
        Float32Array.from(data, (value, index) => (key === name ? change(value, index) : value)),
      ]),
    ),
  });

  it("admits the library's own step, written independently of the bench's reference", async () => {
    const got = await outcomeOf(await evenkeelTrainer(reference, problem));
    expect(checkOutcome(problem, expected, got)).toMatchObject({ reason: null });
  });

  it("has the library's own loop to watch for leaks", async () => {
    const seen: number[] = [];
    await (
      await evenkeelTrainer(reference, problem)
    ).train!(4, (step) => void seen.push(step));
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it("learns something, so that agreeing is not agreeing on nothing", () => {
    expect(expected.losses.at(-1)).toBeLessThan(expected.losses[0]!);
  });

  it.each(["0.weight", "1.scale", "1.shift", "1.mean", "1.variance", "3.weight", "5.bias"])(
    "rejects an engine that never updates %s",
    (name) => {
      const got = tampered(name, (_, index) => problem.tensors.get(name)![index]!);
      expect(checkOutcome(problem, expected, got).reason).toMatch(`${name} is off by`);
    },
  );

  it("rejects a variance stored without m / (m - 1)", () => {
    const kept = small.decay ** CHECK_STEPS;
    const got = tampered("1.variance", (value) => kept + ((value - kept) * 6) / 7);
    expect(checkOutcome(problem, expected, got).reason).toMatch("1.variance");
  });

  it("rejects NaN, a missing loss and a wrong loss", () => {
    const tensors = tampered("", (value) => value).tensors;
    const withLosses = (losses: readonly number[]): string | null =>
      checkOutcome(problem, expected, { losses, tensors }).reason;
    expect(withLosses(expected.losses)).toBeNull();
    expect(withLosses(expected.losses.slice(1))).toMatch("loss");
    expect(withLosses(expected.losses.map((loss) => loss * 1.001))).toMatch("loss 1");
    const nan = tampered("0.bias", () => Number.NaN);
    expect(checkOutcome(problem, expected, nan).reason).toMatch("0.bias");
  });
});

describe("a problem", () => {
  it("is the same every time and survives being joined and split", () => {
    const problem = makeProblem(w1BatchNorm);
    expect(makeProblem(w1BatchNorm)).toEqual(problem);
    const joined = joinTensors(w1BatchNorm, problem.tensors);
    expect(splitTensors(w1BatchNorm, joined)).toEqual(problem.tensors);
    expect(() => splitTensors(w1, joined)).toThrow(/w1 has 99710 numbers, got 100910/);
  });

  it("counts the matrix products' operations, the first layer's input gradient left out", () => {
    // 60 rows: forward and weight gradient of 99,400 weights, input gradient of 21,000.
    expect(usefulFlops(w1)).toBe(2 * 60 * (2 * 99_400 + 21_000));
  });
});

describe("the report", () => {
  const [own, torch] = [
    roster([])[0]!,
    roster(["torch"]).find(({ engine }) => engine === "torch")!,
  ];
  const peaks = { "wasm-fma": 60, "wasm-no-fma": 50, native: null };
  const measured = (workload: Workload, ours: number[], theirs: number[]): Measurement => ({
    workload,
    series: [
      { entrant: own, description: "ours", worstError: 0, msPerStep: ours },
      { entrant: torch, description: "theirs", worstError: 0, msPerStep: theirs },
    ],
    absent: [{ entrant: roster([])[2]!, reason: "no compiler" }],
    peaks: ours.map(() => peaks),
    warnings: [],
  });
  const results = resultsOf(
    describeMachine(),
    "2000-01-01T00:00:00.000Z",
    [measured(w1, [1, 2, 4], [2, 2, 2]), measured(w1BatchNorm, [1, 4, 8], [3, 3, 3])],
    null,
  );

  it("takes medians of ratios within rounds, not ratios of medians", () => {
    expect(results.rows[0]).toMatchObject({ msMedian: 2, msMin: 1, ratioToTorch1: 1 });
    expect(results.rows[2]).toMatchObject({
      msMedian: 4,
      costOverBaseline: 2,
      ratioToTorch1: 0.75,
    });
    expect(median([3, 1])).toBe(2);
  });

  it("holds useful work against the peak of the engine's class, or says null", () => {
    expect(results.rows[0]!.shareOfPeak).toBeCloseTo(usefulFlops(w1) / 2e6 / 60, 3);
    expect(results.rows[1]!.shareOfPeak).toBeNull();
  });

  it("says who is left out, and prints a table", () => {
    const text = markdown(results, new Map([["w1", w1.title]]));
    expect(text).toContain("w1: evenkeel-native (threads: 1) is left out: no compiler");
    expect(text).toMatch(/\| evenkeel-wasm +\| +1 \| +2\.000 \| +1\.000 \| +1\.00 \|/);
  });
});

describe("the command line", () => {
  it("picks workloads and peers", () => {
    const options = readOptions(["--only", "w1", "--peers", "none", "--rounds", "3"], "bench");
    expect(options).toMatchObject({ workloads: [w1], peers: [], rounds: 3, json: false });
  });

  it.each([
    [["--only", "w9"], "--only: takes w1, w1-bn, got w9"],
    [["--rounds", "0"], "--rounds: takes a whole number of at least 1, got 0"],
    [["--rounds", "1.5"], "--rounds: takes a whole number of at least 1, got 1.5"],
    [["--peers", "numpy"], "--peers: takes torch, jax-js, tfjs-wasm, got numpy"],
  ])("refuses %j", (args, message) => {
    expect(() => readOptions(args, "bench")).toThrow(message);
  });
});

import { describe, expect, it } from "vitest";
import { checkOperation } from "../bench/check-operation.ts";
import { checkOutcome } from "../bench/check.ts";
import { evenkeelCalculator } from "../bench/engines/evenkeel-calculator.ts";
import { evenkeelTrainer } from "../bench/engines/evenkeel-trainer.ts";
import type { Trainer } from "../bench/engines/engine.ts";
import { describeMachine } from "../bench/machine.ts";
import { readOptions } from "../bench/options.ts";
import { dropoutMask } from "../bench/masks.ts";
import { joinTensors, makeProblem, splitTensors, type OperationProblem } from "../bench/problem.ts";
import { referenceSteps, type Outcome } from "../bench/reference.ts";
import { markdown, median, resultsOf } from "../bench/report.ts";
import { roster, type Entrant } from "../bench/roster.ts";
import type { Measurement } from "../bench/rounds.ts";
import { w1BatchNorm } from "../bench/workloads/w1-bn.ts";
import { w1 } from "../bench/workloads/w1.ts";
import { convForward } from "../bench/workloads/convolution.ts";
import { gemm } from "../bench/workloads/gemm.ts";
import { usualWorkloads, workloads } from "../bench/workloads/index.ts";
import { vggS } from "../bench/workloads/vgg-s.ts";
import { w2 } from "../bench/workloads/w2.ts";
import { w2Dropout } from "../bench/workloads/w2-dropout.ts";
import {
  usefulFlops,
  type Network,
  type Operation,
  type Workload,
} from "../bench/workloads/workload.ts";
import { reference } from "../src/run/reference.ts";

const CHECK_STEPS = w1.checkSteps;

/** Every kind of layer for vectors, small enough for the interpreter. */
const small: Network = {
  ...w1,
  name: "small",
  batch: 7,
  inputShape: [5],
  tolerance: w2.tolerance,
  layers: [
    { kind: "linear", inputs: 5, outputs: 6 },
    { kind: "batchNorm", channels: 6 },
    { kind: "sigmoid" },
    { kind: "linear", inputs: 6, outputs: 4 },
    { kind: "relu" },
    { kind: "linear", inputs: 4, outputs: 3 },
  ],
};

/** Dropout where a network of `small` has none, and every kind of layer for images. */
const smallDropout: Network = {
  ...small,
  layers: [...small.layers.slice(0, 3), { kind: "dropout", rate: 0.5 }, ...small.layers.slice(3)],
};
const smallImages: Network = {
  ...small,
  batch: 3,
  inputShape: [4, 6, 2],
  layers: [
    { kind: "conv2d", inputs: 2, outputs: 3, kernel: 3 },
    { kind: "batchNorm", channels: 3 },
    { kind: "relu" },
    { kind: "maxPool2d", size: 2 },
    { kind: "conv2d", inputs: 3, outputs: 4, kernel: 3 },
    { kind: "flatten" },
    { kind: "linear", inputs: 24, outputs: 3 },
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
  const expected = referenceSteps(problem);
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

  it.each([
    ["dropout", smallDropout],
    ["images", smallImages],
  ])("admits it with %s too", async (_, network) => {
    const other = makeProblem(network);
    const got = await outcomeOf(await evenkeelTrainer(reference, other));
    expect(checkOutcome(other, referenceSteps(other), got)).toMatchObject({ reason: null });
  });

  it("rejects an engine that drops nothing", async () => {
    const other = makeProblem(smallDropout);
    const idle = smallDropout.layers.map((layer) =>
      layer.kind === "dropout" ? { ...layer, rate: 0 } : layer,
    );
    const trainer = await evenkeelTrainer(reference, {
      ...other,
      workload: { ...smallDropout, layers: idle },
    });
    const { reason } = checkOutcome(other, referenceSteps(other), await outcomeOf(trainer));
    expect(reason).toMatch("loss 1 is off by");
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

describe("the check of a product", () => {
  const image = [2, 4, 5, 3];
  const weight = [3, 3, 3, 6];
  const wide = [2, 4, 5, 6];
  const convolution = { ...convForward, flops: 1, name: "small" };
  const cases: readonly Operation[] = [
    gemm(5),
    { ...convolution, operands: [named("x", image), named("w", weight)], result: wide },
    {
      ...convolution,
      op: "conv-input-gradient",
      operands: [named("dy", wide), named("w", weight)],
      result: image,
    },
    {
      ...convolution,
      op: "conv-weight-gradient",
      operands: [named("x", image), named("dy", wide)],
      result: weight,
    },
  ];

  it.each(cases)("admits ours and rejects one wrong element: $op", async (operation) => {
    const problem = makeProblem(operation) as OperationProblem;
    const calculator = await evenkeelCalculator(reference, problem);
    await calculator.run(1);
    const result = await calculator.result();
    expect(checkOperation(problem, result).reason).toBeNull();
    expect(checkOperation(problem, result.slice(1)).reason).toMatch("numbers");
    for (const value of [0, Number.NaN]) {
      const wrong = result.with(result.length >> 1, value);
      expect(checkOperation(problem, wrong).reason).toMatch("off by");
    }
  });
});

function named(name: "x" | "w" | "dy", shape: readonly number[]): Operation["operands"][0] {
  return { name, shape };
}

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
    expect(usefulFlops(gemm(256))).toBe(2 ** 25);
    // Multiply-adds per image of the six convolutions and the classifier.
    const [first, ...others] = [884_736, 4_718_592, 4_718_592, 9_437_184, 4_718_592, 9_437_184];
    const rest = others.reduce((sum, one) => sum + one, 10_240);
    expect(usefulFlops(vggS)).toBe(2 * 128 * (2 * first + 3 * rest));
  });

  it("drops half, anew at each step and layer", () => {
    const kept = (index: number, step: number): string =>
      dropoutMask(w2Dropout, index, step).join("");
    const share = dropoutMask(w2Dropout, 2, 0).reduce((sum, bit) => sum + bit, 0) / (128 * 1024);
    expect(share).toBeCloseTo(0.5, 2);
    expect(new Set([kept(2, 0), kept(2, 1), kept(5, 0)]).size).toBe(3);
  });
});

describe("the report", () => {
  const entrant = (name: string): Entrant =>
    roster(["torch"]).find(({ engine }) => engine === name)!;
  const [own, torch] = [entrant("evenkeel-wasm"), entrant("torch")];
  const native = entrant("evenkeel-native");
  const peaks = { "wasm-fma": 60, "wasm-no-fma": 50, native: null };
  const measured = (workload: Workload, ours: number[], theirs: number[]): Measurement => ({
    workload,
    series: [
      { entrant: own, description: "ours", worstError: 0, msPerStep: ours },
      { entrant: torch, description: "theirs", worstError: 0, msPerStep: theirs },
    ],
    absent: [{ entrant: native, reason: "no compiler" }],
    peaks: ours.map(() => peaks),
    warnings: [],
  });
  const results = resultsOf(
    describeMachine(),
    "2000-01-01T00:00:00.000Z",
    [measured(w1, [1, 2, 4], [2, 2, 2]), measured(w1BatchNorm, [1, 4, 8], [3, 3, 3])],
    null,
    12.344,
  );

  it("takes medians of ratios within rounds, not ratios of medians", () => {
    expect(results.rows[0]).toMatchObject({
      msMedian: 2,
      msMin: 1,
      ratioToTorch1: 1,
      ratioToTorchBest: 1,
    });
    expect(results.rows[0]!.gflops).toBeCloseTo(usefulFlops(w1) / 2e6, 2);
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
    expect(text).toContain("It copies memory at 12.3 GB/s.");
    expect(text).toContain("w1: evenkeel-native (threads: 1) is left out: no compiler");
    expect(text).toMatch(/\| evenkeel-wasm +\| +1 \| +2\.000 \| +1\.000 \| +4\.000 \| +1\.00 \|/);
  });
});

describe("the command line", () => {
  it("picks workloads and peers", () => {
    const options = readOptions(["--only", "w1", "--peers", "none", "--rounds", "3"], "bench");
    expect(options).toMatchObject({ workloads: [w1], peers: [], rounds: 3, json: false });
  });

  it("measures what takes minutes unless asked for all", () => {
    expect(readOptions([], "bench")).toMatchObject({ workloads: usualWorkloads });
    expect(readOptions(["--all"], "bench")).toMatchObject({ workloads });
  });

  it.each([
    [["--only", "w9"], /^--only: takes w1, w1-bn, w2, .*, got w9$/],
    [["--only", "w1", "--all"], "--all: takes no --only beside it"],
    [["--rounds", "0"], "--rounds: takes a whole number of at least 1, got 0"],
    [["--rounds", "1.5"], "--rounds: takes a whole number of at least 1, got 1.5"],
    [["--peers", "numpy"], "--peers: takes torch, jax-js, tfjs-wasm, got numpy"],
  ])("refuses %j", (args, message) => {
    expect(() => readOptions(args, "bench")).toThrow(message);
  });
});

/**
 * The compiler's output for a dozen small programs, as reviewed text: a change of the compiler
 * shows what it changes. Update with `npx vitest run test/snapshots.test.ts -u` and read the diff.
 */
import { describe, expect, test } from "vitest";
import wabt from "wabt";
import { compileProgram, type Stage } from "../src/compile/compile.ts";
import {
  derivatives,
  gather,
  input,
  matmul,
  mean,
  mul,
  pad,
  reshape,
  softmax,
  square,
  standardize,
  state,
  sub,
  sum,
  tanh,
  transpose,
  type Program,
  type Slot,
} from "../src/graph/index.ts";
import { printProgram } from "../src/graph/print.ts";
import { emitModule } from "../src/emit/wasm/module.ts";
import type { Buffer } from "../src/loops/ir.ts";
import {
  batchNorm,
  dropout,
  linear,
  relu,
  sequential,
  sigmoid,
  type Module,
} from "../src/nn/index.ts";
import {
  adam,
  buildStep,
  crossEntropy,
  meanSquaredError,
  sgd,
  type Optimizer,
} from "../src/train/index.ts";
import { slotBuffers } from "./slot-buffers.ts";

function step(model: Module, optimizer: Optimizer, batchSize: number, features: number): Program {
  return buildStep(model, crossEntropy(), optimizer, { batchSize, inputShape: [features] }).program;
}

const weight: Slot = { name: "weight", shape: [6, 5], dtype: "f32" };
const x = input("x", [7, 6]);
const plainSgd = sgd({ learningRate: 0.1 });

function hessianVector(): Program {
  const w = state(weight);
  const loss = mean(square(tanh(matmul(x, w))));
  const [gradient] = derivatives(loss, [w]);
  const [product] = derivatives(sum(mul(gradient!, input("direction", [6, 5]))), [w]);
  return { outputs: { loss, product: product! }, writes: [] };
}

const programs: Readonly<Record<string, () => Program>> = {
  "linear-forward": () => ({ outputs: { y: matmul(x, state(weight)) }, writes: [] }),
  "linear-regression-step": () =>
    buildStep(linear(6, 2), meanSquaredError(), plainSgd, { batchSize: 8, inputShape: [6] })
      .program,
  "sigmoid-classifier-step": () =>
    step(sequential(linear(6, 5), sigmoid(), linear(5, 3)), plainSgd, 8, 6),
  "batch-norm-step": () =>
    step(sequential(linear(6, 5), batchNorm(5), sigmoid(), linear(5, 3)), plainSgd, 8, 6),
  "relu-dropout-step": () =>
    step(sequential(linear(6, 8), relu(), dropout({ rate: 0.5 }), linear(8, 3)), plainSgd, 8, 6),
  "momentum-step": () => step(linear(4, 3), sgd({ learningRate: 0.1, momentum: 0.9 }), 4, 4),
  "adam-step": () => step(linear(4, 3), adam({ learningRate: 0.001 }), 4, 4),
  "softmax-rows": () => ({ outputs: { y: softmax(x) }, writes: [] }),
  "standardize-rows": () => ({ outputs: { y: standardize(x, { axes: [1] }) }, writes: [] }),
  "hessian-vector": hessianVector,
  views: () => ({
    outputs: {
      flipped: transpose(x),
      framed: pad(x, { before: [1, 1], after: [1, 1] }),
      folded: reshape(transpose(x), [2, 3, 7]),
    },
    writes: [],
  }),
  "gather-rows": () => ({
    outputs: { y: gather(state(weight), input("ids", [3], "i32")) },
    writes: [],
  }),
  "slot-update": () => ({
    outputs: {},
    writes: [{ slot: weight, value: sub(state(weight), mul(state(weight), 0.01)) }],
  }),
};

const STAGES: readonly Stage[] = ["graph", "fused", "memory", "loops"];

function render(program: Program): string {
  const slotBuffer = slotBuffers();
  const texts = new Map<Stage, string>();
  compileProgram(program, {
    lanes: 4,
    slotBuffer,
    inspect: (stage, text) => texts.set(stage, text()),
  });
  const stages = STAGES.map((stage) => `==== ${stage}\n\n${texts.get(stage)}`);
  return [`==== as written\n\n${printProgram(program)}`, ...stages].join("\n");
}

/** The WebAssembly of a program, disassembled: names, not bytes, are what a reviewer can read. */
async function disassemble(program: Program): Promise<string> {
  let address = 64;
  const addresses = new Map<Buffer, number>();
  const addressOf = (buffer: Buffer): number => {
    const known = addresses.get(buffer) ?? address;
    if (known === address) address += 4096;
    addresses.set(buffer, known);
    return known;
  };
  const slotBuffer = slotBuffers();
  const { kernels } = compileProgram(program, { lanes: 4, slotBuffer });
  const memory = { minimum: 1, shared: false };
  const bytes = emitModule(kernels, { addressOf, relaxedFma: true, memory });
  const { readWasm } = await wabt();
  const module = readWasm(bytes, { readDebugNames: true, relaxed_simd: true });
  module.applyNames();
  return module.toText({ foldExprs: false, inlineExport: false });
}

describe("emitted WebAssembly", () => {
  test.each(["linear-forward", "softmax-rows", "gather-rows"])("%s", async (name) => {
    const text = await disassemble(programs[name]!());
    await expect(text).toMatchFileSnapshot(`snapshots/${name}.wat`);
  });
});

describe("compiled programs", () => {
  test.each(Object.entries(programs))("%s", async (name, program) => {
    await expect(render(program())).toMatchFileSnapshot(`snapshots/${name}.txt`);
  });
});

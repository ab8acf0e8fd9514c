/**
 * A program split among threads computes bitwise what it computes in one piece, however far one
 * thread runs ahead of the others between two meetings. Here the last runs as far as it may, then
 * the one before it, and so on.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { sizeOf } from "../src/base/shape.ts";
import {
  compileProgram,
  type CompiledProgram,
  type CompileTarget,
} from "../src/compile/compile.ts";
import { meetings, type Step } from "../src/compile/steps.ts";
import { emitModule } from "../src/emit/wasm/module.ts";
import type { Program, Slot } from "../src/graph/value.ts";
import type { Buffer, Kernel } from "../src/loops/ir.ts";
import { verifyKernel } from "../src/loops/verify.ts";
import {
  batchNorm,
  conv2d,
  crossEntropy,
  flatten,
  linear,
  maxPool2d,
  relu,
  sequential,
  sigmoid,
} from "../src/nn/index.ts";
import { buildStep, sgd } from "../src/train/index.ts";
import { generatedProgram } from "./generate-graph.ts";
import { slotBuffers } from "./slot-buffers.ts";
import { uniform } from "../src/base/random.ts";

interface Rendered {
  readonly compiled: CompiledProgram;
  run(): Promise<Map<string, Uint32Array>>;
}

/** Between two meetings the last thread runs ahead of all others, then the one before it, and so on. */
function racing(steps: readonly Step[], addressOf: (buffer: Buffer) => number): Kernel[] {
  const meet = meetings(steps, (buffer) => addressOf(buffer));
  const kernels: Kernel[] = [];
  let stretch: Step[] = [];
  const flush = (): void => {
    const threads = Math.max(0, ...stretch.map(({ parts }) => parts.length));
    for (let thread = threads - 1; thread >= 0; thread--) {
      kernels.push(...stretch.flatMap(({ parts }) => parts[thread] ?? []));
    }
    stretch = [];
  };
  steps.forEach((step, i) => {
    if (meet[i]!) flush();
    stretch.push(step);
  });
  flush();
  return kernels;
}

/** Each slot and the arena at a place of its own, all filled with numbers in (-1, 1). */
function render(program: Program, threads: number, target: Partial<CompileTarget> = {}): Rendered {
  const addresses = new Map<Buffer, number>();
  const slots = new Map<Slot, Buffer>();
  let end = 64;
  const slotBuffer = (slot: Slot): Buffer => {
    const known = slots.get(slot);
    if (known !== undefined) return known;
    const buffer: Buffer = { name: slot.name, length: sizeOf(slot.shape) };
    slots.set(slot, buffer);
    addresses.set(buffer, end);
    end += Math.ceil(buffer.length / 16) * 64;
    return buffer;
  };
  const compiled = compileProgram(program, { lanes: 4, threads, slotBuffer, ...target });
  const arena = end;
  const addressOf = (buffer: Buffer): number =>
    addresses.get(buffer) ?? arena + compiled.memory.offsets.get(buffer)!;
  const kernels = racing(compiled.steps, addressOf);
  for (const kernel of kernels) verifyKernel(kernel);

  async function run(): Promise<Map<string, Uint32Array>> {
    const pages = Math.ceil((arena + compiled.memory.size) / 65536) + 1;
    const memory = new WebAssembly.Memory({ initial: pages });
    const fill = (buffer: Buffer, stream: number): void => {
      const view = new Float32Array(memory.buffer, addressOf(buffer), buffer.length);
      for (let i = 0; i < view.length; i++) view[i] = uniform(i, [stream, 7]) * 2 - 1;
    };
    [...slots.values()].forEach(fill);
    for (const [name, { buffer, dtype }] of compiled.inputs) {
      if (dtype === "f32") fill(buffer, name.length);
      else new Int32Array(memory.buffer, addressOf(buffer), buffer.length).fill(1);
    }
    const bytes = emitModule(kernels, {
      addressOf,
      relaxedFma: true,
      memory: { minimum: 1, shared: false },
    });
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    (instance.exports["run"] as () => void)();
    const bits = (buffer: Buffer): Uint32Array =>
      new Uint32Array(memory.buffer, addressOf(buffer), buffer.length);
    return new Map([
      ...[...compiled.outputs].map(([name, { buffer }]) => [name, bits(buffer)] as const),
      ...[...slots].map(([{ name }, buffer]) => [name, bits(buffer)] as const),
    ]);
  }
  return { compiled, run };
}

const mlp = sequential(
  linear(97, 150),
  batchNorm(150),
  sigmoid(),
  linear(150, 131),
  relu(),
  linear(131, 10),
);
const conv = sequential(
  conv2d(3, 24, 3, { padding: 1 }),
  batchNorm(24),
  relu(),
  maxPool2d(2),
  conv2d(24, 40, 3, { padding: 1 }),
  batchNorm(40),
  relu(),
  flatten(),
  linear(40 * 64, 10),
);

function stepOf(
  model: typeof mlp | typeof conv,
  batchSize: number,
  inputShape: readonly number[],
): Program {
  const options = { batchSize, inputShape };
  return buildStep(model, crossEntropy(), sgd({ learningRate: 0.1 }), options).program;
}

test.each([
  ["fully connected", stepOf(mlp, 61, [97])],
  ["convolutional", stepOf(conv, 9, [16, 16, 3])],
])("%s: bitwise the same for 1, 2, 3 and 5 threads", async (_, program) => {
  const expected = await render(program, 1).run();
  for (const threads of [2, 3, 5]) {
    const { compiled, run } = render(program, threads);
    const split = compiled.steps.filter(({ parts }) => parts.length > 1);
    expect(split.length).toBeGreaterThan(5);
    const actual = await run();
    for (const [name, bits] of expected) expect(actual.get(name), name).toEqual(bits);
  }
});

test("generated programs: bitwise the same when threads share every kernel that can be shared", async () => {
  let split = 0;
  await fc.assert(
    fc.asyncProperty(generatedProgram, async ({ program }) => {
      const expected = await render(program, 1).run();
      for (const threads of [2, 3]) {
        const { compiled, run } = render(program, threads, { worthSharing: 0 });
        split += compiled.steps.filter(({ parts }) => parts.length > 1).length;
        const actual = await run();
        for (const [name, bits] of expected) expect(actual.get(name), name).toEqual(bits);
      }
    }),
    { numRuns: 60, seed: 7 },
  );
  expect(split).toBeGreaterThan(200);
});

test("threads meet before a step that reads what an earlier one wrote, and only then", () => {
  const program = stepOf(mlp, 61, [97]);
  const places = new Map<Buffer, number>();
  const { steps } = compileProgram(program, {
    lanes: 4,
    threads: 2,
    slotBuffer: slotBuffers(),
  });
  const addressOf = (buffer: Buffer): number => {
    const known = places.get(buffer) ?? places.size * 2 ** 24;
    places.set(buffer, known);
    return known;
  };
  const meet = meetings(steps, addressOf);
  expect(meet[0]).toBe(false);
  expect(meet.filter(Boolean).length).toBeGreaterThan(5);
  expect(meet.filter((must) => !must).length).toBeGreaterThan(2);
});

/**
 * A million small steps on every backend and thread count: nothing leaks, no thread hangs, every
 * loss is finite, and all end with the same bits. Some minutes.
 *
 * Usage: npm run test:soak [-- steps wasm native]
 */
import { createHash } from "node:crypto";
import { batchNorm, dropout, initialize, linear, relu, sequential } from "../src/nn/index.ts";
import { uniform } from "../src/base/random.ts";
import type { Backend } from "../src/run/backend.ts";
import { selectBackend } from "../src/run/select.ts";
import { buildStep, crossEntropy, sgd } from "../src/train/index.ts";

const steps = Number(process.argv[2] ?? 1_000_000);
/** Megabytes that heap and process may grow by after the first tenth. */
const MOST_HEAP = 1;
const MOST_RESIDENT = 16;
/** Milliseconds without a block of steps done, after which a run counts as hung. */
const HUNG = 120_000;

const INPUTS = 64;
const HIDDEN = 128;
const BATCH = 64;

interface Soaked {
  readonly bits: string;
  readonly heap: number;
  readonly resident: number;
}

async function soak(backend: Backend): Promise<Soaked> {
  const model = sequential(
    linear(INPUTS, HIDDEN),
    batchNorm(HIDDEN),
    relu(),
    dropout({ rate: 0.2 }),
    linear(HIDDEN, 10),
  );
  const step = buildStep(model, crossEntropy(), sgd({ learningRate: 0.01 }), {
    batchSize: BATCH,
    inputShape: [INPUTS],
  });
  const session = await backend.open();
  const executable = await session.compile(step.program);
  const first = initialize(model, 1);
  for (const { path, slot } of step.tree.members) session.write(slot, first.get(path)!.data);
  executable.input("x").forEach((_, i, x) => (x[i] = uniform(i, [1, 2]) - 0.5));
  executable.input("target").forEach((_, i, target) => (target[i] = i % 10));
  for (const name of step.scalars) executable.input(`optimizer/${name}`)[0] = 0.01;
  const keys = step.trace.randomStreams.map(({ input }) => executable.input(input));
  const loss = executable.output("loss");
  let before: readonly [number, number] | null = null;
  let alive = setTimeout(hung, HUNG);
  for (let i = 0; i < steps; i++) {
    for (const key of keys) key.fill(i);
    executable.run();
    if (!Number.isFinite(loss[0])) throw new Error(`soak: loss ${loss[0]} at step ${i}`);
    if (i % 10_000 !== 0) continue;
    clearTimeout(alive);
    alive = setTimeout(hung, HUNG);
    // A turn of the event loop, as training has them.
    await new Promise((resolve) => setImmediate(resolve));
    if (i >= steps / 10) before ??= memory();
  }
  clearTimeout(alive);
  const [heap, resident] = memory();
  const [heapBefore, residentBefore] = before ?? [0, 0];
  const hash = createHash("sha256");
  for (const { slot } of step.tree.members) hash.update(new Uint8Array(session.read(slot).buffer));
  return { bits: hash.digest("hex"), heap: heap - heapBefore, resident: resident - residentBefore };
}

function hung(): void {
  process.stderr.write("soak: a run must go on, got none of 10,000 steps in two minutes\n");
  process.exit(1);
}

function memory(): [number, number] {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return [heapUsed / 2 ** 20, rss / 2 ** 20];
}

const bits = new Map<string, string>();
const wanted = process.argv.slice(3);
for (const name of ["wasm", "native"] as const) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const threads of [1, 2]) {
    const backend = await selectBackend(name, { threads });
    const { heap, resident, bits: own } = await soak(backend);
    process.stdout.write(
      `${backend.description}: ${steps} steps, heap ${heap.toFixed(2)} MB, process ${resident.toFixed(2)} MB more, ${own.slice(0, 12)}\n`,
    );
    const same = (bits.get(name) ?? own) === own;
    bits.set(name, own);
    if (heap > MOST_HEAP || resident > MOST_RESIDENT || !same) {
      process.stderr.write(
        `soak: ${backend.description}: ${same ? "grows" : "other bits than with one thread"}\n`,
      );
      process.exitCode = 1;
    }
  }
}

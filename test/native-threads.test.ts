/** The native backend with several threads: bitwise what one thread computes, step after step. */
import { describe, expect, test } from "vitest";
import {
  batchNorm,
  conv2d,
  dropout,
  flatten,
  initialize,
  linear,
  maxPool2d,
  relu,
  sequential,
  sigmoid,
  type Module,
} from "../src/nn/index.ts";
import { uniform } from "../src/base/random.ts";
import type { Backend } from "../src/run/backend.ts";
import { nativeBackendOn } from "../src/run/native.ts";
import { buildStep, crossEntropy, sgd } from "../src/train/index.ts";
import { nativeHost } from "./native-host.ts";

async function bitsAfter(
  backend: Backend,
  model: Module,
  batchSize: number,
  inputShape: readonly number[],
  steps: number,
  pauseMs = 0,
): Promise<Uint32Array[]> {
  const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
  const step = buildStep(model, crossEntropy(), optimizer, { batchSize, inputShape });
  const session = await backend.open();
  const executable = await session.compile(step.program);
  const first = initialize(model, 1);
  for (const { path, slot } of step.tree.members) session.write(slot, first.get(path)!.data);
  const x = executable.input("x");
  for (let i = 0; i < x.length; i++) x[i] = uniform(i, [3, 5]);
  const target = executable.input("target");
  for (let i = 0; i < target.length; i++) target[i] = i % 10;
  for (const name of step.scalars) executable.input(`optimizer/${name}`)[0] = 0.1;
  for (let i = 0; i < steps; i++) {
    for (const { input } of step.trace.randomStreams) executable.input(input).fill(i);
    executable.run();
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return step.tree.members.map(({ slot }) => new Uint32Array(session.read(slot).buffer));
}

describe.skipIf(nativeHost === null)("native, several threads", () => {
  const host = nativeHost!;
  const mlp = sequential(
    linear(300, 500),
    batchNorm(500),
    sigmoid(),
    dropout({ rate: 0.3 }),
    linear(500, 10),
  );
  const conv = sequential(
    conv2d(3, 32, 3, { padding: 1 }),
    batchNorm(32),
    relu(),
    maxPool2d(2),
    conv2d(32, 48, 3, { padding: 1 }),
    relu(),
    flatten(),
    linear(48 * 64, 10),
  );

  test.each<[string, Module, number, readonly number[], number]>([
    ["fully connected", mlp, 64, [300], 200],
    ["convolutional", conv, 16, [16, 16, 3], 20],
  ])(
    "%s: 2 and 3 threads leave bitwise the weights of 1",
    async (_, model, batch, shape, steps) => {
      const expected = await bitsAfter(nativeBackendOn(host, 1), model, batch, shape, steps);
      for (const threads of [2, 3]) {
        const actual = await bitsAfter(nativeBackendOn(host, threads), model, batch, shape, steps);
        expect(actual).toEqual(expected);
      }
    },
  );

  test("threads that fell asleep between two steps wake up for the next", async () => {
    const backend = nativeBackendOn(host, 2);
    const atOnce = await bitsAfter(backend, mlp, 64, [300], 5);
    expect(await bitsAfter(backend, mlp, 64, [300], 5, 30)).toEqual(atOnce);
  });

  test.each([0, 1.5, 65])("refuses %d threads", (threads) => {
    expect(() => nativeBackendOn(host, threads)).toThrow(
      `native: threads must be an integer in [1, 64], got ${threads}`,
    );
  });
});

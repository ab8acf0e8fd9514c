/** The native backend with several threads: bitwise what one thread computes, step after step. */
import { describe, expect, test } from "vitest";
import {
  batchNorm,
  conv2d,
  dropout,
  flatten,
  linear,
  maxPool2d,
  relu,
  sequential,
  sigmoid,
  type Module,
} from "../src/nn/index.ts";
import { nativeBackendOn } from "../src/run/native.ts";
import { nativeHost } from "./native-host.ts";
import { trainingBits } from "./training-bits.ts";

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
    async (_, model, batchSize, inputShape, steps) => {
      const task = { model, batchSize, inputShape, steps };
      const expected = await trainingBits(nativeBackendOn(host, 1), task);
      for (const threads of [2, 3]) {
        expect(await trainingBits(nativeBackendOn(host, threads), task)).toEqual(expected);
      }
    },
  );

  test("threads that fell asleep between two steps wake up for the next", async () => {
    const backend = nativeBackendOn(host, 2);
    const task = { model: mlp, batchSize: 64, inputShape: [300], steps: 5 };
    const atOnce = await trainingBits(backend, task);
    expect(await trainingBits(backend, { ...task, pause: 30 })).toEqual(atOnce);
  });

  test.each([0, 1.5, 65])("refuses %d threads", (threads) => {
    expect(() => nativeBackendOn(host, threads)).toThrow(
      `native: threads must be an integer in [1, 64], got ${threads}`,
    );
  });
});

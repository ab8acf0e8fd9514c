/** What a training step takes: hardly more than what must be alive at once. */
import { expect, test } from "vitest";
import { compileProgram } from "../src/compile/compile.ts";
import {
  batchNorm,
  conv2d,
  crossEntropy,
  dropout,
  flatten,
  groupNorm,
  linear,
  maxPool2d,
  relu,
  residual,
  sequential,
  type Module,
} from "../src/nn/index.ts";
import { adam, buildStep } from "../src/train/index.ts";
import { slotBuffers } from "./slot-buffers.ts";

/** Share of the least that a plan may take. */
const MOST = 1.2;

function block(inputs: number, outputs: number): Module[] {
  const convolution = conv2d(inputs, outputs, 3, { padding: 1 });
  return [convolution, batchNorm(outputs), relu(), maxPool2d(2)];
}

const networks: Readonly<Record<string, readonly [readonly number[], () => Module]>> = {
  "three layers with dropout": [
    [784],
    () =>
      sequential(
        ...[784, 256, 256].flatMap((width) => [linear(width, 256), relu(), dropout({ rate: 0.5 })]),
        linear(256, 10),
      ),
  ],
  "a small VGG with normalization": [
    [32, 32, 3],
    () =>
      sequential(...block(3, 16), ...block(16, 32), ...block(32, 64), flatten(), linear(1024, 10)),
  ],
  "residual blocks with group normalization": [
    [16, 16, 8],
    () =>
      sequential(
        ...[1, 2, 3].map(() =>
          residual(sequential(conv2d(8, 8, 3, { padding: 1 }), groupNorm(2, 8), relu())),
        ),
        flatten(),
        linear(2048, 10),
      ),
  ],
};

test.each(Object.entries(networks))("%s", (_, [inputShape, model]) => {
  const step = buildStep(model(), crossEntropy(), adam(), { batchSize: 32, inputShape });
  for (const threads of [1, 2]) {
    const { memory } = compileProgram(step.program, {
      lanes: 16,
      threads,
      slotBuffer: slotBuffers(),
    });
    expect(memory.size).toBeLessThanOrEqual(MOST * memory.least);
    expect(memory.size).toBeGreaterThanOrEqual(memory.least);
    // Places are shared: without that, the bound would say nothing.
    expect(memory.unshared).toBeGreaterThan(1.3 * memory.size);
  }
});

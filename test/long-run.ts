/** The networks of the long run: 1,000 steps on the digits sample, the same on every backend. */
import { digitsSample } from "../src/data/index.ts";
import {
  batchNorm,
  crossEntropy,
  dropout,
  linear,
  normal,
  sequential,
  sigmoid,
  tanh,
  type Module,
} from "../src/nn/index.ts";
import type { Backend } from "../src/run/backend.ts";
import { fit, sgd } from "../src/train/index.ts";

export const longRunSteps = 1_000;

export type LongRunName = "sigmoid" | "sigmoid-bn" | "tanh-dropout";

/**
 * Sigmoid networks without and with normalization, and one with masks. All are smooth: at
 * a kink, such as a ReLU's, a rounding can decide an example, and runs part for good.
 */
export const longRunModels: Readonly<Record<LongRunName, () => Module>> = {
  sigmoid: () => sequential(...hidden(784, false), ...hidden(100, false), last()),
  "sigmoid-bn": () => sequential(...hidden(784, true), ...hidden(100, true), last()),
  "tanh-dropout": () => sequential(linear(784, 100), tanh(), dropout({ rate: 0.5 }), last()),
};

const weight = normal({ std: 0.1 });

function hidden(inputs: number, normalized: boolean): Module[] {
  return [linear(inputs, 100, { weight }), ...(normalized ? [batchNorm(100)] : []), sigmoid()];
}

function last(): Module {
  return linear(100, 10, { weight });
}

export interface LongRunPoint {
  readonly step: number;
  /** Mean over the sample's 100 test digits, in nats. */
  readonly loss: number;
  readonly accuracy: number;
}

/** Test loss and accuracy along the run. */
export async function longRun(name: LongRunName, backend: Backend): Promise<LongRunPoint[]> {
  const run = fit(longRunModels[name](), {
    data: await digitsSample(),
    loss: crossEntropy(),
    optimizer: sgd({ learningRate: 0.2 }),
    steps: longRunSteps,
    batchSize: 60,
    seed: 1,
    backend,
    reportEvery: longRunSteps,
    evaluateEvery: 250,
  });
  const points: LongRunPoint[] = [];
  for await (const event of run) {
    if (event.type !== "evaluation") continue;
    const { loss, accuracy } = event.result;
    points.push({ step: event.step, loss, accuracy: accuracy! });
  }
  return points;
}

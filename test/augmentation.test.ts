/** Training on augmented batches: what it promises, on every backend. */
import { describe, expect, test } from "vitest";
import { uniform } from "../src/base/random.ts";
import { cropAndFlip, type Split } from "../src/data/index.ts";
import {
  batchNorm,
  conv2d,
  crossEntropy,
  flatten,
  linear,
  relu,
  sequential,
  type Module,
} from "../src/nn/index.ts";
import { lossLandscape } from "../src/probes/index.ts";
import { reference } from "../src/run/reference.ts";
import { fit, sgd, type FitOptions, type Run, type TrainEvent } from "../src/train/index.ts";
import { backends } from "./backends.ts";

const split = (from: number): Split => ({
  inputs: Uint8Array.from({ length: 20 * 50 }, (_, i) => 256 * uniform(i, [from, 1])),
  inputScale: 1 / 255,
  targets: Int32Array.from({ length: 20 }, (_, i) => i % 2),
  shape: [5, 5, 2],
  count: 20,
});
const network = (): Module =>
  sequential(conv2d(2, 3, 3), batchNorm(3), relu(), flatten(), linear(27, 2));

const options = {
  data: { train: split(1), test: split(2), hash: "some" },
  loss: crossEntropy(),
  optimizer: sgd({ learningRate: 0.2, momentum: 0.9 }),
  steps: 9,
  batchSize: 6,
  seed: 3,
  augment: cropAndFlip({ pad: 1 }),
} satisfies FitOptions;

async function eventsOf(run: Run): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

const lossesOf = (events: readonly TrainEvent[]): number[] =>
  events.flatMap((event) => (event.type === "step" ? [event.loss] : []));

describe.each(backends)("on $description", (backend) => {
  test("a function of the seed, and resumed it is bitwise the uninterrupted run", async () => {
    const saved = new Map<number, Uint8Array>();
    const onCheckpoint = (step: number, bytes: Uint8Array): void => void saved.set(step, bytes);
    const whole = fit(network(), { ...options, backend, checkpointEvery: 4, onCheckpoint });
    const losses = lossesOf(await eventsOf(whole));
    const resumed = fit(network(), { ...options, backend, resumeFrom: saved.get(4)! });
    expect(lossesOf(await eventsOf(resumed))).toEqual(losses.slice(4));
    expect(resumed.checkpoint()).toEqual(whole.checkpoint());
    const plain = fit(network(), { ...options, backend, augment: undefined });
    expect(lossesOf(await eventsOf(plain))[0]).not.toBe(losses[0]);
  });

  test("a probe sees the batches as training does; evaluations see the data as they are", async () => {
    const landscape = lossLandscape({
      name: "landscape",
      loss: crossEntropy(),
      examples: options.data.train,
      count: 6,
      batchSize: 6,
      phase: "train",
      seed: 3,
      augment: options.augment,
      stepSizes: [0.1],
      every: 1,
    });
    const settings = { ...options, backend, evaluateOn: ["train"], evaluateEvery: 100 } as const;
    const events = await eventsOf(fit(network(), { ...settings, observe: [landscape] }));
    const seen = events.flatMap((event) => (event.type === "probe" ? [event] : []));
    expect(seen[0]!.mode).toContain("cropAndFlip(1, flip, fill 0)");
    lossesOf(events).forEach((loss, i) => {
      expect(seen[i]!.values["loss"]).toBeCloseTo(loss, 6);
    });
    const plain = await eventsOf(fit(network(), { ...settings, augment: undefined }));
    const first = ({ type }: TrainEvent): boolean => type === "evaluation";
    expect(events.find(first)).toEqual(plain.find(first));
  });
});

test("resumes with the same augmentation only, and takes images only", async () => {
  const run = fit(network(), { ...options, backend: reference, steps: 2 });
  await run.finish();
  const resumeFrom = run.checkpoint();
  const other = { ...options, backend: reference, resumeFrom };
  expect(() => fit(network(), { ...other, augment: undefined })).toThrow(/some by cropAndFlip/);
  expect(() => fit(network(), { ...other, augment: cropAndFlip({ pad: 2 }) })).toThrow(
    /pad|2, flip/,
  );
  const flat = { ...split(1), shape: [50] };
  expect(() => fit(linear(50, 2), { ...options, data: { train: flat } })).toThrow(
    "cropAndFlip: examples must be [H, W, C], got [50]",
  );
  const settings = { ...options, examples: flat, count: 6, phase: "train", every: 1 } as const;
  const probe = lossLandscape({ ...settings, name: "x", stepSizes: [1], seed: 1 });
  await expect(
    probe.prepare({ model: linear(50, 2), tree: run.tree, session: await reference.open() }),
  ).rejects.toThrow("got [50]");
});

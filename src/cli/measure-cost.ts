/** Times training steps of models that differ in one thing, in alternating rounds. */
import { streamKey } from "../base/random.ts";
import { sizeOf, type Shape } from "../base/shape.ts";
import { normals } from "../data/normals.ts";
import { crossEntropy } from "../nn/cross-entropy.ts";
import type { Module } from "../nn/module.ts";
import { initialize } from "../nn/weights.ts";
import type { Backend } from "../run/backend.ts";
import { buildStep, scalarInput } from "../train/build-step.ts";
import { sgd } from "../train/sgd.ts";
import { writeSlots } from "../train/slots.ts";

export interface CostTask {
  readonly batchSize: number;
  /** Of one example. */
  readonly inputShape: Shape;
  readonly classes: number;
  readonly backend: Backend;
  readonly rounds: number;
  /** Time of each model in each round. */
  readonly milliseconds: number;
  /** Told of each model made ready, and of each round done. */
  readonly progress?: (line: string) => void;
}

export interface MeasuredModel {
  /** Milliseconds per training step in each round. */
  readonly msPerStep: readonly number[];
  /** Of parameters, running statistics and the optimizer's buffers. */
  readonly stateBytes: number;
  /** Of everything else a step holds at its peak; null if the backend does not plan memory. */
  readonly workingBytes: number | null;
}

const SEED = 1;
/** Small, so that nothing diverges however many steps a fast machine does. */
const LEARNING_RATE = 0.001;

/**
 * Milliseconds and bytes of a training step (forward, backward, SGD update, running statistics) of
 * each model, on one batch of random numbers. Each round times each model in turn, from its first
 * weights, beginning with another one each time: what slows the machine for a while meets them all.
 */
export async function measureCost(
  models: ReadonlyMap<string, Module>,
  task: CostTask,
): Promise<ReadonlyMap<string, MeasuredModel>> {
  const ready: { name: string; subject: Subject; msPerStep: number[] }[] = [];
  for (const [name, model] of models) {
    ready.push({ name, subject: await prepare(model, task), msPerStep: [] });
    task.progress?.(`compiled ${name}`);
  }
  // The round before the first is what caches and the engine's own compiler warm up on.
  for (let round = 0; round <= task.rounds; round++) {
    for (let turn = 0; turn < ready.length; turn++) {
      const { subject, msPerStep } = ready[(turn + round) % ready.length]!;
      const ms = timeSteps(subject, task.milliseconds);
      if (round > 0) msPerStep.push(ms);
    }
    if (round > 0) task.progress?.(`round ${round} of ${task.rounds}`);
    // Lets a signal through.
    await new Promise((resolve) => void setImmediate(resolve));
  }
  return new Map(
    ready.map(({ name, msPerStep, subject: { stateBytes, workingBytes } }) => [
      name,
      { msPerStep, stateBytes, workingBytes },
    ]),
  );
}

interface Subject extends Pick<MeasuredModel, "stateBytes" | "workingBytes"> {
  reset(): void;
  step(index: number): void;
}

async function prepare(model: Module, task: CostTask): Promise<Subject> {
  const { batchSize, inputShape, classes, backend } = task;
  const optimizer = sgd({ learningRate: LEARNING_RATE });
  const step = buildStep(model, crossEntropy(), optimizer, { batchSize, inputShape });
  const session = await backend.open();
  let workingBytes: number | null = null;
  const executable = await session.compile(step.program, {
    name: "cost",
    inspect(stage, text) {
      if (stage === "memory") workingBytes = arenaBytes(text());
    },
  });
  executable.input("x").set(normals(batchSize * sizeOf(inputShape), SEED, "cost/x"));
  executable.input("target").set(Array.from({ length: batchSize }, (_, row) => row % classes));
  for (const name of step.scalars) {
    executable.input(scalarInput(name))[0] = optimizer.scalars[name]!(0);
  }
  const keys = step.trace.randomStreams.map(({ input, stream }) => ({
    view: executable.input(input),
    stream,
  }));
  const weights = initialize(model, SEED);
  return {
    stateBytes: step.slots.reduce((sum, { slot }) => sum + 4 * sizeOf(slot.shape), 0),
    workingBytes,
    reset: () => writeSlots(session, step.slots, weights),
    step(index) {
      for (const { view, stream } of keys) view.set(streamKey(SEED, stream, index));
      executable.run();
    },
  };
}

/** Mean milliseconds of steps that fill `milliseconds`; at least one. */
function timeSteps({ reset, step }: Subject, milliseconds: number): number {
  reset();
  let index = 0;
  const runUp = performance.now();
  do step(index++);
  while (performance.now() - runUp < milliseconds / 5);
  const before = index;
  const started = performance.now();
  let elapsed: number;
  do {
    step(index++);
    elapsed = performance.now() - started;
  } while (elapsed < milliseconds);
  return elapsed / (index - before);
}

/** From the memory plan as the compiler prints it. */
function arenaBytes(plan: string): number | null {
  const found = /^arena of (\d+) bytes/.exec(plan);
  return found === null ? null : Number(found[1]);
}

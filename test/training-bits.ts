/** Trains a network on made-up data, to compare weights bit for bit. */
import { uniform } from "../src/base/random.ts";
import { initialize, type Module } from "../src/nn/index.ts";
import type { Backend } from "../src/run/backend.ts";
import { buildStep, crossEntropy, sgd } from "../src/train/index.ts";

export interface Task {
  readonly model: Module;
  readonly batchSize: number;
  readonly inputShape: readonly number[];
  readonly steps: number;
  /** Milliseconds between two steps. Default: none, not even a turn of the event loop. */
  readonly pause?: number;
}

/** The bits of all parameters and statistics after training. */
export async function trainingBits(backend: Backend, task: Task): Promise<Uint32Array[]> {
  const { model, batchSize, inputShape, steps, pause = 0 } = task;
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
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return step.tree.members.map(({ slot }) => new Uint32Array(session.read(slot).buffer));
}

/** What a training step of one model costs beside that of another, on this machine, now. */
import { streamKey } from "../base/random.ts";
import { gatherInputs, gatherTargets, type Split } from "../data/index.ts";
import { crossEntropy, initialize, type Module } from "../nn/index.ts";
import type { Backend } from "../run/index.ts";
import { buildStep, scalarInput, sgd } from "../train/index.ts";
import { writeSlots } from "../train/slots.ts";

export interface TimingOptions {
  readonly batchSize: number;
  /** Every step is on its first batch; which batch it is costs nothing. */
  readonly examples: Split;
  readonly backend: Backend;
  readonly seed: number;
  /** Time given to each model in each round, at least one step. */
  readonly milliseconds: number;
}

/** So small that the weights stay near their first values, however many steps there are. */
const LEARNING_RATE = 1e-6;

/**
 * Compiles the training steps of all models and returns a function that times one round: for each
 * model, milliseconds per step (forward, backward, SGD update, running statistics). The models take
 * turns, another one first in each round, so that whatever slows the machine for a while meets them
 * all. A first round, for caches and the processor's clock, is done at once.
 */
export async function stepTimer(
  models: ReadonlyMap<string, Module>,
  options: TimingOptions,
): Promise<() => ReadonlyMap<string, number>> {
  const ready: { readonly name: string; readonly step: (index: number) => void }[] = [];
  for (const [name, model] of models) ready.push({ name, step: await prepareStep(model, options) });
  let round = 0;
  const timeRound = (): ReadonlyMap<string, number> => {
    const first = round++ % ready.length;
    const turns = [...ready.slice(first), ...ready.slice(0, first)];
    return new Map(turns.map(({ name, step }) => [name, timeFor(step, options.milliseconds)]));
  };
  timeRound();
  return timeRound;
}

async function prepareStep(
  model: Module,
  { batchSize, examples, backend, seed }: TimingOptions,
): Promise<(index: number) => void> {
  const optimizer = sgd({ learningRate: LEARNING_RATE });
  const step = buildStep(model, crossEntropy(), optimizer, {
    batchSize,
    inputShape: examples.shape,
  });
  const session = await backend.open();
  const executable = await session.compile(step.program, { name: "timed-step" });
  const rows = Uint32Array.from({ length: batchSize }, (_, row) => row % examples.count);
  gatherInputs(examples, { rows }, executable.input("x") as Float32Array);
  gatherTargets(examples, { rows }, executable.input("target"));
  for (const name of step.scalars) {
    executable.input(scalarInput(name))[0] = optimizer.scalars[name]!(0);
  }
  const keys = step.trace.randomStreams.map(({ input, stream }) => ({
    view: executable.input(input),
    stream,
  }));
  writeSlots(session, step.slots, initialize(model, seed));
  return (index) => {
    for (const { view, stream } of keys) view.set(streamKey(seed, stream, index));
    executable.run();
  };
}

/** Mean milliseconds of as many steps as fill the time. */
function timeFor(step: (index: number) => void, milliseconds: number): number {
  step(0);
  const started = performance.now();
  let count = 0;
  let elapsed = 0;
  do {
    step(++count);
    elapsed = performance.now() - started;
  } while (elapsed < milliseconds);
  return elapsed / count;
}

/**
 * The median over rounds of one model's time divided by another's in the same round: a disturbance
 * that lasts longer than a round cancels, one that is shorter is outvoted.
 */
export function medianRatio(over: readonly number[], under: readonly number[]): number {
  const ratios = over.map((time, round) => time / under[round]!).toSorted((a, b) => a - b);
  const half = (ratios.length - 1) / 2;
  return (ratios[Math.floor(half)]! + ratios[Math.ceil(half)]!) / 2;
}

import { asFloats } from "../data/as-floats.ts";
import { augmentBatch, type Augmentation } from "../data/augmentation.ts";
import { gatherInputs, gatherTargets, gatherWeights } from "../data/gather.ts";
import { shuffledIndices } from "../data/shuffled-indices.ts";
import { streamKey } from "../base/random.ts";
import type { Split } from "../data/dataset.ts";
import type { Program } from "../graph/value.ts";
import { lossInput, type Loss } from "../nn/loss.ts";
import type { BufferView, Executable } from "../run/backend.ts";
import { SAMPLE_WEIGHTS, type StepProgram } from "./build-step.ts";
import { inputNames } from "./input-names.ts";
import type { OptimizerScalar } from "./optimizer.ts";

/** What drives a compiled step: which batch, which keys, which scalars belong to step `index`. */
export interface Driver {
  /** Fills the inputs of `executable` with what step `index` (0 is the first) sees. */
  feed(executable: FedExecutable, index: number): void;
}

/** An executable with its views at hand, so that a step looks nothing up. */
export interface FedExecutable {
  readonly executable: Executable;
  readonly x: Float32Array | null;
  readonly target: BufferView | null;
  readonly weights: BufferView | null;
  readonly keys: readonly { readonly view: BufferView; readonly stream: string }[];
  readonly scalars: readonly { readonly view: BufferView; readonly value: OptimizerScalar }[];
  readonly constants: readonly LossConstant[];
}

/** Where a constant of the loss goes. */
interface LossConstant {
  readonly view: BufferView;
  readonly data: Float32Array;
}

/** Fetches the views once; they hold until the session compiles another program. */
export function fed(executable: Executable, program: Program, step: StepProgram): FedExecutable {
  const names = inputNames(program);
  const viewOf = (name: string): BufferView | null =>
    names.has(name) ? executable.input(name) : null;
  return {
    executable,
    x: viewOf("x") as Float32Array | null,
    target: viewOf("target"),
    weights: viewOf(SAMPLE_WEIGHTS),
    keys: step.trace.randomStreams.flatMap(({ input, stream }) => {
      const view = viewOf(input);
      return view === null ? [] : [{ view, stream }];
    }),
    scalars: step.feeds.flatMap(({ input, value }) => {
      const view = viewOf(input);
      return view === null ? [] : [{ view, value }];
    }),
    constants: lossConstants(step.loss, viewOf),
  };
}

/** The loss's constants that a program reads. */
function lossConstants(
  { constants = {} }: Loss,
  viewOf: (name: string) => BufferView | null,
): LossConstant[] {
  return Object.entries(constants).flatMap(([name, data]) => {
    const view = viewOf(lossInput(name));
    return view === null ? [] : [{ view, data }];
  });
}
export interface DriverSettings {
  readonly split: Split;
  readonly seed: number;
  readonly batchSize: number;
  readonly augment?: Augmentation | undefined;
  /** What the learning rate is multiplied with now. */
  readonly rateFactor: () => number;
}

/** Steps are functions of (seed, index, rate factor): any of them can be run again, in any order. */
export function driver(settings: DriverSettings): Driver {
  const { seed, batchSize, augment, rateFactor } = settings;
  const split = asFloats(settings.split);
  const stepsPerEpoch = Math.floor(split.count / batchSize);
  let shuffledEpoch = -1;
  const batch: { rows: ArrayLike<number>; start: number; count: number } = {
    rows: [],
    start: 0,
    count: batchSize,
  };
  return {
    feed({ x, target, weights, keys, scalars, constants }, index) {
      const epoch = Math.floor(index / stepsPerEpoch);
      if (epoch !== shuffledEpoch) batch.rows = shuffledIndices(split.count, seed, epoch);
      shuffledEpoch = epoch;
      batch.start = (index - epoch * stepsPerEpoch) * batchSize;
      if (x !== null) gatherInputs(split, batch, x);
      if (x !== null && augment !== undefined) {
        const inputs = { inputs: x, shape: split.shape, count: batchSize };
        augmentBatch(augment, inputs, { seed, step: index });
      }
      if (target !== null) gatherTargets(split, batch, target);
      if (weights !== null) gatherWeights(split, batch, weights);
      for (const { view, data } of constants) view.set(data);
      for (const { view, stream } of keys) {
        const [word0, word1] = streamKey(seed, stream, index);
        view[0] = word0;
        view[1] = word1;
      }
      for (const { view, value } of scalars) view[0] = value(index, rateFactor());
    },
  };
}

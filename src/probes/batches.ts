import { OptionError } from "../base/errors.ts";
import { streamKey } from "../base/random.ts";
import {
  augmentBatch,
  gatherInputs,
  gatherTargets,
  shuffledIndices,
  type Augmentation,
  type Batch,
  type Split,
} from "../data/index.ts";
import { gatherWeights } from "../data/gather.ts";
import { inputOp } from "../graph/ops/input.ts";
import { attrsOf, isOp, programValues, type Program } from "../graph/value.ts";
import { lossInput, type Loss } from "../nn/loss.ts";
import type { Phase, Trace } from "../nn/index.ts";
import type { Executable } from "../run/backend.ts";

/** Which examples a probe looks at, and how the layers behave meanwhile. */
export interface BatchOptions {
  readonly examples: Split;
  /** How many of them at each observation; a multiple of `batchSize`. */
  readonly count: number;
  /** Examples per pass: normalization in phase `train` sees this many at a time. */
  readonly batchSize: number;
  /** Whether normalization uses the batch's statistics (`train`) or the running ones (`eval`). */
  readonly phase: Phase;
  /**
   * Look at the very batches that `fit` with this seed and batch size trains on next, given that
   * `examples` is its training split; defaults to *the first `count` examples, always the same*.
   */
  readonly seed?: number;
  /** What the training is augmented by; needs `seed`. Defaults to *nothing*. */
  readonly augment?: Augmentation;
  /**
   * Do random layers draw, what `fit` with `seed` would draw at its next step? Defaults to *no*:
   * an observation is a function of weights and batch alone.
   */
  readonly noise?: boolean;
}

/** The inputs of a program that carry examples. */
export interface Fed {
  readonly program: Program;
  readonly trace: Trace;
  /** Given if the program judges. */
  readonly loss?: Loss;
}

/** Fills what `executable` reads of batch `index` of the observation after `step` updates. */
export type Feed = (executable: Executable, step: number, index: number) => void;

/** The program input that carries the weight of each example. */
export const SAMPLE_WEIGHTS = "sampleWeights";

/** Batches of each observation. */
export function batchCount({ count, batchSize }: BatchOptions): number {
  return count / batchSize;
}

/** Feeds a probe's program with its examples, targets, keys and the constants of its loss. */
export function batchFeed({ program, trace, loss }: Fed, options: BatchOptions): Feed {
  const { examples, seed = 0, augment, batchSize } = options;
  const names = new Set(
    programValues(program)
      .filter((value) => isOp(value, inputOp))
      .map((value) => attrsOf(value, inputOp).name),
  );
  const rowsOf = rowsFor(options);
  const streams = trace.randomStreams.filter(({ input }) => names.has(input));
  const constants = Object.entries(loss?.constants ?? {});
  return (executable, step, index) => {
    const batch = rowsOf(step, index);
    if (names.has("x")) {
      const inputs = executable.input("x") as Float32Array;
      gatherInputs(examples, batch, inputs);
      if (augment !== undefined) {
        const { shape } = examples;
        augmentBatch(augment, { inputs, shape, count: batchSize }, { seed, step: step + index });
      }
    }
    if (names.has("target")) gatherTargets(examples, batch, executable.input("target"));
    if (names.has(SAMPLE_WEIGHTS)) {
      gatherWeights(examples, batch, executable.input(SAMPLE_WEIGHTS));
    }
    for (const [name, data] of constants) {
      if (names.has(lossInput(name))) executable.input(lossInput(name)).set(data);
    }
    for (const { input, stream } of streams) {
      // The first batch draws what training draws at this step, each further one its own.
      const name = index === 0 ? stream : `${stream}/probe/${index}`;
      executable.input(input).set(streamKey(seed, name, step));
    }
  };
}

function rowsFor({
  examples,
  count,
  batchSize,
  seed,
}: BatchOptions): (step: number, index: number) => Batch {
  if (seed === undefined) {
    const rows = Uint32Array.from({ length: count }, (_, row) => row);
    return (_step, index) => ({ rows, start: index * batchSize, count: batchSize });
  }
  const perEpoch = Math.floor(examples.count / batchSize);
  let known: { readonly epoch: number; readonly rows: Uint32Array } | null = null;
  return (step, index) => {
    const epoch = Math.floor((step + index) / perEpoch);
    if (known?.epoch !== epoch) {
      known = { epoch, rows: shuffledIndices(examples.count, seed, epoch) };
    }
    const start = (step + index - epoch * perEpoch) * batchSize;
    return { rows: known.rows, start, count: batchSize };
  };
}

/** Errors: OptionError for counts that do not fit, or noise without a seed. */
export function checkBatches(options: BatchOptions, who: string): void {
  const { examples, count, batchSize, seed, noise, augment } = options;
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new OptionError(`${who}: batchSize must be a positive integer, got ${batchSize}`);
  }
  if (!(Number.isInteger(count) && count >= batchSize && count % batchSize === 0)) {
    throw new OptionError(
      `${who}: count must be a positive multiple of batchSize ${batchSize}, got ${count}`,
    );
  }
  if (count > examples.count) {
    throw new OptionError(`${who}: count must be at most ${examples.count} examples, got ${count}`);
  }
  if (noise === true && seed === undefined) {
    throw new OptionError(`${who}: noise needs a seed to draw from, got none`);
  }
  if (augment === undefined) return;
  augment.check(examples.shape);
  if (seed === undefined) {
    throw new OptionError(`${who}: augment needs a seed to draw from, got none`);
  }
}

export function checkEvery(every: number, who: string): number {
  if (Number.isInteger(every) && every >= 1) return every;
  throw new OptionError(`${who}: every must be a positive integer, got ${every}`);
}

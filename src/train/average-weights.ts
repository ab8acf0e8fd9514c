import { add } from "../graph/ops/add.ts";
import { input } from "../graph/ops/input.ts";
import { mul } from "../graph/ops/mul.ts";
import { state } from "../graph/ops/state.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Program, Slot, Value } from "../graph/value.ts";
import type { MemberTree, Weights } from "../nn/index.ts";
import { checkShare, toSchedule, type Schedule } from "./schedule.ts";

export interface AverageOptions {
  /**
   * Share of the old average kept per step, in [0, 1), or one per step, such as
   * `(step) => Math.min(0.999, (1 + step) / (10 + step))`, which forgets the first weights sooner.
   */
  readonly decay: number | Schedule;
}

/** The buffer that holds the average of one parameter or statistic. */
export interface AverageSlot {
  /** Its name in a checkpoint: `average/0.weight`. */
  readonly path: string;
  readonly slot: Slot;
  /** What it is the average of. */
  readonly of: Slot;
}

/** The averages among a run's tensors, under the names of what they are averages of. */
export function averagesOf(
  { averageSlots }: { readonly averageSlots: readonly AverageSlot[] },
  tensors: Weights,
): Weights {
  return new Map(averageSlots.map(({ path, of }) => [of.name, tensors.get(path)!]));
}

/** The program input that carries the decay. */
const DECAY_INPUT = "average/decay";

/** The part of a step that averages the weights. */
export interface WeightAverage {
  readonly slots: readonly AverageSlot[];
  readonly writes: Program["writes"];
  readonly feed: { readonly input: string; readonly value: Schedule };
}

/**
 * Exponential moving average of all a model holds, parameters and running statistics alike:
 * average ← decay · average + (1 − decay) · value after the step. It starts from the first values.
 *
 * Errors: OptionError for a decay outside [0, 1).
 * Source: Polyak & Juditsky 1992; the exponential form as PyTorch's `swa_utils.AveragedModel` with
 *         buffers.
 */
export function averageWeights(
  { members }: MemberTree,
  { decay }: AverageOptions,
  writes: Program["writes"],
): WeightAverage {
  const value = toSchedule(decay, "average: decay", checkShare);
  const after = new Map(writes.map((write): [Slot, Value] => [write.slot, write.value]));
  const kept = input(DECAY_INPUT, []);
  const slots = members.map(({ path, slot }): AverageSlot => {
    const name = `average/${path}`;
    return { path: name, slot: { ...slot, name }, of: slot };
  });
  return {
    slots,
    writes: slots.map(({ slot, of }) => {
      const now = after.get(of) ?? state(of);
      return { slot, value: add(mul(state(slot), kept), mul(now, sub(1, kept))) };
    }),
    feed: { input: DECAY_INPUT, value },
  };
}

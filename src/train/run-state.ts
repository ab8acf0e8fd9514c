import { checkWeights, initializeMembers, type Tensor, type Weights } from "../nn/weights.ts";
import { sizeOf } from "../base/shape.ts";
import type { StepProgram } from "./build-step.ts";
import { checkResume, readCheckpoint, type CheckpointHeader } from "./checkpoint.ts";
import type { FitSettings } from "./fit-options.ts";

/** Where a run is; the loop moves it on, the run's handle looks at it. */
export interface RunState {
  /** Updates done. */
  step: number;
  /** Sums over the batches of the epoch so far. */
  epochLoss: number;
  epochCorrect: number;
  /** All tensors as they are now: at first those given, then the session's. */
  read: () => Weights;
  readonly header: () => CheckpointHeader;
}

/**
 * The state a run starts from: a checkpoint's, or the first values and empty optimizer buffers.
 *
 * Errors: see `checkResume`; DataError if `weights` do not fit the model; OptionError for both.
 */
export function firstState(program: StepProgram, settings: FitSettings): RunState {
  const { seed, batchSize, data, optimizer, resumeFrom } = settings;
  const identity = { seed, batchSize, data: data.hash ?? "", optimizer: optimizer.label };
  const { members } = program.tree;
  const checkpoint = resumeFrom === undefined ? null : readCheckpoint(resumeFrom, "resumeFrom");
  if (checkpoint !== null) {
    const { optimizerSlots } = program;
    checkResume(checkpoint, { ...identity, members, optimizerSlots, steps: settings.steps });
  }
  const tensors = checkpoint?.tensors ?? freshTensors(program, settings);
  const { step = 0, epochLoss = 0, epochCorrect = 0 } = checkpoint?.header ?? {};
  const state: RunState = {
    step,
    epochLoss,
    epochCorrect,
    read: () => tensors,
    header: () => ({
      step: state.step,
      ...identity,
      epochLoss: state.epochLoss,
      epochCorrect: state.epochCorrect,
    }),
  };
  return state;
}

function freshTensors(program: StepProgram, { seed, weights }: FitSettings): Weights {
  const { members } = program.tree;
  if (weights !== undefined) checkWeights(members, weights, "fit");
  const buffers = program.optimizerSlots.map(({ path, slot: { shape } }): [string, Tensor] => [
    path,
    { shape, dtype: "f32", data: new Float32Array(sizeOf(shape)) },
  ]);
  return new Map([...(weights ?? initializeMembers(members, seed)), ...buffers]);
}

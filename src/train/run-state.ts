import { checkWeights, initializeMembers, type Tensor, type Weights } from "../nn/weights.ts";
import { sizeOf } from "../base/shape.ts";
import type { StepProgram } from "./build-step.ts";
import {
  BEST_PREFIX,
  checkResume,
  readCheckpoint,
  type Checkpoint,
  type CheckpointHeader,
} from "./checkpoint.ts";
import type { FitSettings } from "./fit-options.ts";
import { steering, type Steering } from "./steering.ts";

/** Where a run is; the loop moves it on, the run's handle looks at it. */
export interface RunState {
  /** Updates done. */
  step: number;
  /** Sums over the batches of the epoch so far. */
  epochLoss: number;
  epochCorrect: number;
  /** Are evaluations or the end of an epoch that belong to this step still to be done? */
  pending: boolean;
  /** All tensors as they are now: at first those given, then the session's. */
  read: () => Weights;
  /** The weights of the best evaluation so far; null if none are kept. */
  best: Weights | null;
  /** Has the run come to its end, so that its result is the best weights, if they are kept? */
  ended: boolean;
  readonly steering: Steering;
  readonly header: () => CheckpointHeader;
}

/**
 * The state a run starts from: a checkpoint's, or the first values and empty optimizer buffers.
 *
 * Errors: see `checkResume`; DataError if `weights` do not fit the model; OptionError for both.
 */
export function firstState(program: StepProgram, settings: FitSettings): RunState {
  const { seed, batchSize, data, augment, optimizer, steer, steps } = settings;
  const seen = augment === undefined ? [data.hash ?? ""] : [data.hash ?? "", augment.label];
  const identity = { seed, batchSize, data: seen.join(" by "), optimizer: optimizer.label };
  const checkpoint = resumed(program, settings, identity);
  const tensors = checkpoint?.tensors ?? freshTensors(program, settings);
  const { step = 0, epochLoss = 0, epochCorrect = 0, pending = true } = checkpoint?.header ?? {};
  const helm = steering(steer, checkpoint?.header.steering ?? {});
  const state: RunState = {
    step,
    epochLoss,
    epochCorrect,
    pending,
    read: () => tensors,
    best: bestOf(tensors),
    ended: !pending && (step === steps || helm.stops()),
    steering: helm,
    header: () => ({
      step: state.step,
      ...identity,
      epochLoss: state.epochLoss,
      epochCorrect: state.epochCorrect,
      pending: state.pending,
      steering: helm.remember(),
    }),
  };
  return state;
}

/** All that a checkpoint holds: the state's tensors and the best weights beside them. */
export function checkpointTensors({ read, best }: RunState): Weights {
  const current = [...read()].filter(([path]) => !path.startsWith(BEST_PREFIX));
  const kept = [...(best ?? [])].map(([path, tensor]) => [BEST_PREFIX + path, tensor] as const);
  return new Map([...current, ...kept]);
}

function bestOf(tensors: Weights): Weights | null {
  const best = [...tensors].flatMap(([path, tensor]): [string, Tensor][] =>
    path.startsWith(BEST_PREFIX) ? [[path.slice(BEST_PREFIX.length), tensor]] : [],
  );
  return best.length === 0 ? null : new Map(best);
}

function resumed(
  { slots }: StepProgram,
  { resumeFrom, steps, steer }: FitSettings,
  identity: Pick<CheckpointHeader, "seed" | "batchSize" | "data" | "optimizer">,
): Checkpoint | null {
  if (resumeFrom === undefined) return null;
  const checkpoint = readCheckpoint(resumeFrom, "resumeFrom");
  const controllers = steer.map(({ label }) => label);
  checkResume(checkpoint, { ...identity, slots, steps, controllers });
  return checkpoint;
}

function freshTensors(program: StepProgram, { seed, weights }: FitSettings): Weights {
  const { members } = program.tree;
  if (weights !== undefined) checkWeights(members, weights, "fit");
  const first = weights ?? initializeMembers(members, seed);
  const firstOf = new Map(members.map(({ path, slot }) => [slot, first.get(path)!]));
  const buffers = program.optimizerSlots.map(({ path, slot: { shape } }): [string, Tensor] => [
    path,
    { shape, dtype: "f32", data: new Float32Array(sizeOf(shape)) },
  ]);
  const averages = program.averageSlots.map(({ path, of }): [string, Tensor] => [
    path,
    firstOf.get(of)!,
  ]);
  return new Map([...first, ...buffers, ...averages]);
}

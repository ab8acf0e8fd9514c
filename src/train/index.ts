/** Training: optimizers, the loop and its events, evaluation, checkpoints. */
export { crossEntropy, type Loss, meanSquaredError } from "../nn/index.ts";
export { type AdamOptions, adam, adamW } from "./adam.ts";
export {
  type OptimizerSlot,
  type StepOptions,
  type StepProgram,
  buildStep,
  scalarInput,
} from "./build-step.ts";
export {
  type Checkpoint,
  type CheckpointHeader,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint.ts";
export { type EvaluateOptions, evaluate } from "./evaluate.ts";
export type {
  CheckpointEvent,
  DivergedEvent,
  DoneEvent,
  EpochEvent,
  Evaluation,
  EvaluationEvent,
  ProbeEvent,
  StartEvent,
  StepEvent,
  TrainEvent,
} from "./events.ts";
export { type Run, fit } from "./fit.ts";
export type { FitOptions, TrainingData } from "./fit-options.ts";
export type { Observer, ObserverSite } from "./observer.ts";
export type { Optimizer, ParameterUpdate, UpdateContext } from "./optimizer.ts";
export { type PopulationOptions, populationStatistics } from "./population-statistics.ts";
export { type PredictOptions, predict } from "./predict.ts";
export type { Schedule } from "./schedule.ts";
export { type SgdOptions, sgd } from "./sgd.ts";

/** Training: optimizers, the loop and its events, evaluation, checkpoints. */
export { crossEntropy, type Loss, meanSquaredError } from "../nn/index.ts";
export { type AdagradOptions, adagrad } from "./adagrad.ts";
export { type AdamOptions, adam, adamW } from "./adam.ts";
export type { AverageOptions, AverageSlot } from "./average-weights.ts";
export {
  type StepFeatures,
  type StepOptions,
  type StepProgram,
  type StepScalar,
  type StepSlot,
  buildStep,
  scalarInput,
} from "./build-step.ts";
export {
  type Checkpoint,
  type CheckpointHeader,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint.ts";
export type { GradientClip } from "./clip-gradients.ts";
export type { Controller, ControllerMemory, Helm } from "./controller.ts";
export { type EarlyStoppingOptions, earlyStopping } from "./early-stopping.ts";
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
  SteerEvent,
  StepEvent,
  TrainEvent,
} from "./events.ts";
export {
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRateCurve,
  type RatePoint,
} from "./find-learning-rate.ts";
export { type Run, fit } from "./fit.ts";
export type { FitOptions, TrainingData } from "./fit-options.ts";
export { inspect, type InspectOptions } from "./inspect.ts";
export { type Constraint, type MaxNormOptions, maxNorm } from "./max-norm.ts";
export type { Mistake } from "./mistake.ts";
export type { Observer, ObserverSite } from "./observer.ts";
export { type InitializeFromDataOptions, initializeFromData } from "./initialize-from-data.ts";
export { type MonteCarloOptions, type MonteCarloPrediction, monteCarlo } from "./monte-carlo.ts";
export type { Optimizer, OptimizerScalar, ParameterUpdate, UpdateContext } from "./optimizer.ts";
export {
  everyParameter,
  type ParameterInfo,
  type ParameterRule,
  weightsOnly,
} from "./parameter-rule.ts";
export { type OverfitOptions, type OverfitReport, overfitOneBatch } from "./overfit-one-batch.ts";
export { l1, l2, type Penalty, type PenaltyOptions } from "./penalties.ts";
export { type PopulationOptions, populationStatistics } from "./population-statistics.ts";
export { type PredictOptions, predict } from "./predict.ts";
export { type ReduceOnPlateauOptions, reduceOnPlateau } from "./reduce-on-plateau.ts";
export { type RmsPropOptions, rmsProp } from "./rms-prop.ts";
export type { Schedule } from "./schedule.ts";
export {
  constantRate,
  cosineDecay,
  type DecayOptions,
  exponentialDecay,
  type ExponentialDecayOptions,
  oneCycle,
  type OneCycleOptions,
  polynomialDecay,
  stepDecay,
  type StepDecayOptions,
  warmUp,
  type WarmUpOptions,
} from "./schedules.ts";
export { type SgdOptions, sgd } from "./sgd.ts";
export {
  type ModelSummary,
  printSummary,
  summarize,
  type SummaryOptions,
  type SummaryRow,
} from "./summarize.ts";
export type { OptimizerSlot } from "./update-parameter.ts";
export type { WatchOptions } from "./watch.ts";
export type { WeightDecayOptions } from "./weight-decay.ts";

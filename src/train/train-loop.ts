import type { Module } from "../nn/index.ts";
import type { Session } from "../run/backend.ts";
import { selectBackend } from "../run/select.ts";
import { breather, type Breather } from "./breather.ts";
import type { StepProgram } from "./build-step.ts";
import { averagesOf } from "./average-weights.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import { compileEvaluators, type Evaluators } from "./evaluators.ts";
import type {
  DivergedEvent,
  DoneEvent,
  EvaluationEvent,
  ProbeEvent,
  SteerEvent,
  TrainEvent,
} from "./events.ts";
import type { FitSettings } from "./fit-options.ts";
import type { Observer } from "./observer.ts";
import { checkpointTensors, type RunState } from "./run-state.ts";
import { writeSlots } from "./slots.ts";
import { compileStepper, type Stepper } from "./stepper.ts";

/** A run with its programs compiled and its state in the session. */
interface OpenRun {
  readonly settings: FitSettings;
  readonly program: StepProgram;
  readonly state: RunState;
  readonly backend: string;
  readonly stepper: Stepper;
  readonly evaluate: Evaluators;
  readonly observers: readonly Reader[];
  readonly breathe: Breather;
}

type Reader = Pick<Observer, "every"> & {
  /** What its events say beside step and values. */
  readonly about: Pick<ProbeEvent, "probe" | "unit" | "mode">;
  readonly read: (step: number) => ProbeEvent["values"];
  /** Spent on observations so far. */
  seconds: number;
};

/** The life of a run: the events of one step come in a fixed order, its checkpoint last. */
export async function* trainLoop(
  model: Module,
  program: StepProgram,
  settings: FitSettings,
  state: RunState,
): AsyncGenerator<TrainEvent, void> {
  const began = performance.now();
  const { steps, stepsPerEpoch } = settings;
  const run = await open(model, program, settings, state);
  yield { type: "start", step: state.step, steps, stepsPerEpoch, backend: run.backend };
  const outcome = yield* trainSteps(run);
  const seconds = (performance.now() - began) / 1000;
  yield { type: "done", step: state.step, seconds, ...observing(run), outcome };
}

async function* trainSteps(run: OpenRun): AsyncGenerator<TrainEvent, DoneEvent["outcome"]> {
  const { state, settings, stepper } = run;
  const first = state.step;
  state.ended = false;
  if (state.pending && !(yield* settle(run))) return "diverged";
  while (state.step < settings.steps) {
    if (state.steering.stops()) {
      const saved = state.step === first || state.step % settings.checkpointEvery === 0;
      if (settings.checkpointEvery > 0 && !saved) yield* saveCheckpoint(run);
      state.ended = true;
      return "stopped";
    }
    if (settings.signal?.aborted === true) {
      // What was done since the last checkpoint is kept too: the run goes on from here.
      if (settings.checkpointEvery > 0 && state.step > first) yield* saveCheckpoint(run);
      return "aborted";
    }
    const loss = stepper.step(state.step);
    const total = loss + (stepper.penalty() ?? 0);
    if (!Number.isFinite(total)) {
      const layer = await stepper.blame(state.step);
      yield { type: "diverged", step: state.step + 1, loss: nameOf(total), layer };
      return "diverged";
    }
    if (!(yield* afterStep(run, loss))) return "diverged";
    const pause = run.breathe();
    if (pause !== null) await pause;
  }
  state.ended = true;
  return "finished";
}

function observing({ observers }: OpenRun): Pick<DoneEvent, "observing"> {
  if (observers.length === 0) return {};
  const seconds = observers.map(({ about, seconds: spent }) => [about.probe, spent] as const);
  return { observing: Object.fromEntries(seconds) };
}

/** JSON has no such numbers. */
function nameOf(loss: number): DivergedEvent["loss"] {
  if (Number.isNaN(loss)) return "NaN";
  return loss > 0 ? "Infinity" : "-Infinity";
}

async function open(
  model: Module,
  program: StepProgram,
  settings: FitSettings,
  state: RunState,
): Promise<OpenRun> {
  const session = await (settings.backend ?? (await selectBackend())).open();
  const stepper = await compileStepper(session, program, settings, () =>
    state.steering.rateFactor(),
  );
  const evaluate = await compileEvaluators(session, model, program, settings);
  const observers = await prepareObservers(session, model, program, settings);
  writeSlots(session, program.slots, state.read());
  stepper.refresh();
  state.read = () => stepper.read();
  const { description } = session.backend;
  return {
    settings,
    program,
    state,
    backend: description,
    stepper,
    evaluate,
    observers,
    breathe: breather(),
  };
}

async function prepareObservers(
  session: Session,
  model: Module,
  { tree }: StepProgram,
  { observe }: FitSettings,
): Promise<Reader[]> {
  const readers: Reader[] = [];
  for (const observer of observe) {
    const { name, unit, every, mode } = observer;
    const about = { probe: name, unit, ...(mode !== undefined && { mode }) };
    const read = await observer.prepare({ model, tree, session });
    readers.push({ every, about, read, seconds: 0 });
  }
  return readers;
}

/** Counts the step, then does what is due after it; false if the run must not go on. */
async function* afterStep(run: OpenRun, loss: number): AsyncGenerator<TrainEvent, boolean> {
  const { settings, state, stepper } = run;
  const { batchSize, reportEvery, checkpointEvery, steps } = settings;
  const correct = stepper.correct();
  state.step++;
  state.epochLoss += loss;
  state.epochCorrect += correct ?? 0;
  state.pending = true;
  const { step } = state;
  if (step % reportEvery === 0 || step === steps) {
    const penalty = stepper.penalty();
    const accuracy = correct === null ? null : correct / batchSize;
    yield { type: "step", step, loss, accuracy, ...(penalty !== null && { penalty }) };
  }
  if (!(yield* settle(run))) return false;
  if (checkpointEvery > 0 && (step % checkpointEvery === 0 || step === steps)) {
    yield* saveCheckpoint(run);
  }
  return true;
}

async function* saveCheckpoint({ settings, state }: OpenRun): AsyncGenerator<TrainEvent, void> {
  const bytes = writeCheckpoint({ header: state.header(), tensors: checkpointTensors(state) });
  await settings.onCheckpoint?.(state.step, bytes);
  yield { type: "checkpoint", step: state.step };
}

/**
 * Observations, evaluations and the end of an epoch, as far as they are due at the state's step;
 * false if an evaluation's loss is not finite, which is how weights show that were lost in the very
 * last update. The state changes at once, before the first evaluation is told: whoever leaves the
 * run at an event leaves it with a state to go on from.
 */
async function* settle(run: OpenRun): AsyncGenerator<TrainEvent, boolean> {
  const { state, stepper, observers, settings } = run;
  const { step } = state;
  const due = (every: number): boolean => step % every === 0 || step === settings.steps;
  for (const observer of observers) {
    if (!due(observer.every)) continue;
    const began = performance.now();
    const values = observer.read(step);
    stepper.refresh();
    observer.seconds += (performance.now() - began) / 1000;
    yield { type: "probe", step, ...observer.about, values };
  }
  const evaluations = due(settings.evaluateEvery) ? await evaluateNow(run) : [];
  const lost = evaluations.findIndex(({ result }) => !Number.isFinite(result.loss));
  if (lost >= 0) {
    yield* evaluations.slice(0, lost);
    const { loss } = evaluations[lost]!.result;
    yield { type: "diverged", step, loss: nameOf(loss), layer: await stepper.locate(step) };
    return false;
  }
  const events: TrainEvent[] = evaluations.flatMap((event) => [event, ...steer(run, event)]);
  const ended = step > 0 && step % settings.stepsPerEpoch === 0;
  if (ended) events.push(endEpoch(run));
  state.pending = false;
  yield* events;
  return true;
}

/** Other weights may be in the session meanwhile; who asks is given the run's own. */
async function evaluateNow({
  state,
  settings,
  evaluate,
  breathe,
}: OpenRun): Promise<EvaluationEvent[]> {
  const { evaluateWith, statistics } = settings;
  const { read } = state;
  if (evaluateWith === "average" || statistics === "population") {
    const now = read();
    state.read = () => now;
  }
  try {
    return await evaluate(state.step, breathe);
  } finally {
    state.read = read;
  }
}

function endEpoch({ state, settings }: OpenRun): TrainEvent {
  const { stepsPerEpoch, batchSize, loss } = settings;
  const { step, epochLoss, epochCorrect } = state;
  const counts = loss.correct !== undefined;
  state.epochLoss = 0;
  state.epochCorrect = 0;
  return {
    type: "epoch",
    epoch: step / stepsPerEpoch,
    step,
    loss: epochLoss / stepsPerEpoch,
    accuracy: counts ? epochCorrect / (stepsPerEpoch * batchSize) : null,
  };
}

/** Hands an evaluation to what steers the run, and keeps the weights if they are the best so far. */
function steer(
  { state, stepper, program, settings }: OpenRun,
  event: EvaluationEvent,
): readonly SteerEvent[] {
  const before = state.steering.rateFactor();
  const changes = state.steering.see(event);
  if (state.steering.rateFactor() !== before) stepper.forget();
  if (changes.some(({ best }) => best)) {
    const tensors = stepper.read();
    const { members } = program.tree;
    state.best =
      settings.evaluateWith === "average"
        ? averagesOf(program, tensors)
        : new Map(members.map(({ path }) => [path, tensors.get(path)!]));
  }
  return changes;
}

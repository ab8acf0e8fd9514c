/** What a training has told so far, in the form charts and tables read it. */
import type {
  Change,
  DivergedEvent,
  DoneEvent,
  EvaluationEvent,
  LabEvent,
  ProbeEvent,
  ReadyEvent,
  RunKey,
  StateEvent,
  StepsEvent,
  TrainSpec,
} from "../engine/index.ts";

/** Steps are averaged into about so many points, the same ones in every repetition. */
const POINTS = 250;

/** Means over stretches of steps of equal length. */
interface Stretches {
  readonly loss: number[];
  readonly accuracy: (number | null)[];
  /** The stretch that is not full yet. */
  open: { loss: number; correct: number; counted: number; count: number };
}

export interface RunRecord extends RunKey {
  ready: ReadyEvent | null;
  /** Updates done. */
  step: number;
  readonly stretches: Stretches;
  readonly evaluations: EvaluationEvent[];
  readonly probes: Map<string, ProbeEvent[]>;
  /** Of all steps so far. */
  milliseconds: number;
  timedSteps: number;
  diverged: DivergedEvent | null;
  done: DoneEvent | null;
}

export interface TrainingRecord {
  readonly spec: TrainSpec;
  /** Steps per point of the loss. */
  readonly stretch: number;
  /** In the order of arms, then seeds. */
  readonly runs: readonly RunRecord[];
  readonly changes: Change[];
  readonly failures: { readonly arm: number | null; readonly message: string }[];
  state: StateEvent["state"];
  /** Every event, for the file of events; observations are kept once, in `probes`. */
  readonly events: LabEvent[];
}

export function newRecord(spec: TrainSpec): TrainingRecord {
  return {
    spec,
    stretch: Math.max(1, Math.ceil(spec.steps / POINTS)),
    runs: spec.arms.flatMap((_, arm) => spec.seeds.map((seed) => newRun(arm, seed))),
    changes: [...(spec.changes ?? [])],
    failures: [],
    state: "loading",
    events: [],
  };
}

function newRun(arm: number, seed: number): RunRecord {
  return {
    arm,
    seed,
    ready: null,
    step: 0,
    stretches: { loss: [], accuracy: [], open: emptyStretch() },
    evaluations: [],
    probes: new Map(),
    milliseconds: 0,
    timedSteps: 0,
    diverged: null,
    done: null,
  };
}

const emptyStretch = (): Stretches["open"] => ({ loss: 0, correct: 0, counted: 0, count: 0 });

/** Observations that are large and of which only the last is looked at. */
const latestOnly = new Set(["decision-map"]);

/** Adds what happened, in its order. */
export function takeEvents(record: TrainingRecord, events: readonly LabEvent[]): void {
  for (const event of events) takeEvent(record, event);
}

function takeEvent(record: TrainingRecord, event: LabEvent): void {
  if (!(event.type === "probe" && latestOnly.has(event.probe))) record.events.push(event);
  switch (event.type) {
    case "state":
      record.state = event.state;
      return;
    case "changed":
      record.changes.push(event.change);
      return;
    case "failed":
      record.failures.push({ arm: event.arm, message: event.message });
      return;
    default: {
      const run = record.runs.find(({ arm, seed }) => arm === event.arm && seed === event.seed);
      if (run !== undefined) takeRunEvent(run, event, record.stretch);
    }
  }
}

type RunEvent = Extract<LabEvent, { readonly seed: number }>;

function takeRunEvent(run: RunRecord, event: RunEvent, stretch: number): void {
  switch (event.type) {
    case "ready":
      run.ready = event;
      return;
    case "steps":
      takeSteps(run, event, stretch);
      return;
    case "evaluation":
      run.evaluations.push(event);
      return;
    case "probe": {
      const before = latestOnly.has(event.probe) ? [] : (run.probes.get(event.probe) ?? []);
      before.push(event);
      run.probes.set(event.probe, before);
      return;
    }
    case "diverged":
      run.diverged = event;
      return;
    case "done":
      run.done = event;
      run.step = event.step;
  }
}

function takeSteps(run: RunRecord, event: StepsEvent, stretch: number): void {
  run.step = event.step.at(-1) ?? run.step;
  run.milliseconds += event.millisecondsPerStep * event.step.length;
  run.timedSteps += event.step.length;
  event.loss.forEach((loss, i) => {
    const { stretches } = run;
    const { open } = stretches;
    const accuracy = event.accuracy[i] ?? null;
    open.loss += loss;
    open.count++;
    if (accuracy !== null) {
      open.correct += accuracy;
      open.counted++;
    }
    if (open.count < stretch) return;
    stretches.loss.push(open.loss / open.count);
    stretches.accuracy.push(open.counted === 0 ? null : open.correct / open.counted);
    stretches.open = emptyStretch();
  });
}

/** Mean time of one step in milliseconds; null before the first. */
export function millisecondsPerStep({ milliseconds, timedSteps }: RunRecord): number | null {
  return timedSteps === 0 ? null : milliseconds / timedSteps;
}

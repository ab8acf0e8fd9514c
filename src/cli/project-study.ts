/** How long a study would take, from a few steps of each of its arms. */
import type { Dataset } from "../data/dataset.ts";
import type { Scale, Study } from "../experiments/index.ts";
import type { Backend } from "../run/backend.ts";

/** Seconds that the parts of one arm's runs take. */
export interface ArmCost {
  readonly arm: string;
  /** Until the first step: tracing, compiling, first weights. */
  readonly start: number;
  readonly perStep: number;
  readonly perEvaluation: number;
  readonly perObservation: number;
  /** One whole run. */
  readonly run: number;
}

export interface Projection {
  readonly arms: readonly ArmCost[];
  /** All runs one after the other. */
  readonly busy: number;
  /** As many at a time as asked for; no less than the longest run. */
  readonly seconds: number;
}

/** Steps tried first, and seconds of steps and most steps to measure after that. */
const FEW = 2;
const ENOUGH = 0.5;
const MOST = 200;
/** Seconds after which a trial ends at its next event. */
const PATIENCE = 20;

/**
 * Trains each arm for a few steps, keeping nothing, and multiplies. One evaluation and one
 * observation are part of it. Runs that share the machine take somewhat longer than this says.
 */
export async function projectStudy(
  {
    study,
    scale,
    threads,
  }: { readonly study: Study; readonly scale: Scale; readonly threads: number },
  data: Dataset,
  backend: Backend,
  onArm: (arm: string) => void = () => {},
): Promise<Projection> {
  const arms: ArmCost[] = [];
  for (const { id } of study.protocol.arms) {
    onArm(id);
    arms.push(await costOf(id, scale, (short) => tryArm(study, id, short, data, backend)));
  }
  const busy = scale.seeds * arms.reduce((sum, { run }) => sum + run, 0);
  const longest = Math.max(...arms.map(({ run }) => run));
  return { arms, busy, seconds: Math.max(longest, busy / threads) };
}

/** Seconds spent on the parts of a short run, and how often each came. */
export interface Trial {
  readonly start: number;
  readonly steps: number;
  readonly stepping: number;
  readonly evaluations: number;
  readonly evaluating: number;
  readonly observations: number;
  /** Was there an observation between the first step and the last? Else there are no more in a whole run. */
  readonly repeated: boolean;
  readonly observing: number;
}

/** What a run at `scale` costs, by trials at scales that `attempt` is asked for. */
export async function costOf(
  arm: string,
  scale: Scale,
  attempt: (short: Scale) => Promise<Trial>,
): Promise<ArmCost> {
  const first = await attempt(shortened(scale, FEW));
  const guess = first.stepping / Math.max(1, first.steps);
  const wanted = Math.min(MOST, Math.floor(ENOUGH / Math.max(guess, 1e-9)));
  const trial = wanted > 2 * FEW ? await attempt(shortened(scale, wanted)) : first;
  const each = (seconds: number, count: number): number => (count === 0 ? 0 : seconds / count);
  const perStep = each(trial.stepping, trial.steps);
  const perEvaluation = each(trial.evaluating, trial.evaluations);
  const perObservation = each(trial.observing, trial.observations);
  const times = (every: number): number => Math.floor(scale.steps / every) + 1;
  const run =
    first.start +
    scale.steps * perStep +
    (trial.evaluations === 0 ? 0 : times(scale.evaluateEvery) * perEvaluation) +
    (trial.repeated ? times(scale.observeEvery) : trial.observations) * perObservation;
  return { arm, start: first.start, perStep, perEvaluation, perObservation, run };
}

function shortened(scale: Scale, wanted: number): Scale {
  const steps = Math.min(wanted, scale.steps);
  const observeEvery = Math.max(1, Math.floor(steps / 2));
  return { ...scale, steps, evaluateEvery: steps, observeEvery, checkpointEvery: steps };
}

/** Each event is charged with the time since the one before it. */
async function tryArm(
  study: Study,
  arm: string,
  scale: Scale,
  data: Dataset,
  backend: Backend,
): Promise<Trial> {
  const spent = { start: 0, stepping: 0, evaluating: 0, observing: 0 };
  const seen = { evaluations: 0, observed: new Set<number>() };
  let steps = 0;
  let last = performance.now();
  const deadline = last + PATIENCE * 1000;
  const run = study.train({ arm, seed: 1, scale, data, backend, saveCheckpoint: async () => {} });
  for await (const event of run) {
    const now = performance.now();
    const seconds = (now - last) / 1000;
    last = now;
    steps = Math.max(steps, event.step);
    if (event.type === "start") spent.start += seconds;
    else if (event.type === "evaluation") {
      spent.evaluating += seconds;
      seen.evaluations++;
    } else if (event.type === "probe") {
      spent.observing += seconds;
      seen.observed.add(event.step);
    } else spent.stepping += seconds;
    if (now > deadline) break;
  }
  const { evaluations, observed } = seen;
  const repeated = [...observed].some((step) => step > 0 && step < scale.steps);
  return { ...spent, steps, evaluations, observations: observed.size, repeated };
}

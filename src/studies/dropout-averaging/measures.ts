import type { InterventionCheck, Measure, RunRecord, RunResult } from "../../experiments/index.ts";
import { checkNoise } from "../dropout-parts/check-noise.ts";
import { NORMS } from "../dropout-parts/column-norms.ts";
import { lastNumbers } from "../dropout-parts/probe-numbers.ts";
import { KEEP_HIDDEN, KEEP_INPUT } from "../dropout-parts/recipe.ts";

/** Its name among a run's probes. */
export const AVERAGING = "averaging";

/** Networks per average, as far as there are so many. */
export const GROUP_SIZES: readonly number[] = [
  1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100, 120, 200, 500, 1_000,
];

/** The sizes that have a measure of their own. */
const MEASURED = [1, 3, 10, 50, 120] as const;

export type AveragingMeasure =
  | "weight-scaling"
  | `networks-${(typeof MEASURED)[number]}`
  | "meeting";

const SHARE = { unit: "%", digits: 2 };
const ERROR = "Share of the 10,000 test digits classified wrongly by";

export const measures: Readonly<Record<AveragingMeasure, Measure>> = {
  "weight-scaling": {
    ...SHARE,
    label: "Test error, weight scaling",
    definition: `${ERROR} the one network with all units, its weights scaled by the probability to keep.`,
    of: (record) => measured(record, scaledError(record)),
  },
  "networks-1": averageMeasure(1),
  "networks-3": averageMeasure(3),
  "networks-10": averageMeasure(10),
  "networks-50": averageMeasure(50),
  "networks-120": averageMeasure(120),
  meeting: {
    label: "Networks until the average is as good",
    unit: "networks",
    digits: 0,
    definition:
      "The smallest number of thinned networks, of those tried, whose averaged predictions err no more often, in the mean over groups, than the network with scaled weights. A lower bound where none does.",
    of(record) {
      if (record.outcome !== "finished") return { value: null, atLeast: false };
      const { sizes, mean, scaled } = averaging(record);
      if (scaled === null) return { value: null, atLeast: false };
      const at = mean.findIndex((error) => error <= scaled);
      return { value: sizes[at] ?? sizes.at(-1) ?? null, atLeast: at < 0 };
    },
  },
};

function averageMeasure(size: (typeof MEASURED)[number]): Measure {
  return {
    ...SHARE,
    label: `Test error, ${size === 1 ? "one thinned network" : `average of ${size}`}`,
    definition:
      size === 1
        ? `${ERROR} one network thinned by dropout, mean over all sampled ones.`
        : `${ERROR} the averaged predictions of ${size} thinned networks, mean over groups.`,
    of(record) {
      const { sizes, mean } = averaging(record);
      return measured(record, mean[sizes.indexOf(size)] ?? null);
    },
  };
}

function measured(record: RunRecord, value: number | null): ReturnType<Measure["of"]> {
  return { value: record.outcome === "finished" ? value : null, atLeast: false };
}

function scaledError(record: Pick<RunRecord, "probes">): number | null {
  return lastNumbers(record, AVERAGING, "scaled")[0] ?? null;
}

/** What the run found of averages. */
export function averaging(record: Pick<RunRecord, "probes">): {
  readonly sizes: readonly number[];
  readonly mean: readonly number[];
  readonly sd: readonly number[];
  readonly scaled: number | null;
} {
  const [sizes, mean, sd] = ["sizes", "mean", "sd"].map((name) =>
    lastNumbers(record, AVERAGING, name),
  );
  return { sizes: sizes!, mean: mean!, sd: sd!, scaled: scaledError(record) };
}

/** Were units dropped in training as they should be, and are the sampled networks different ones? */
export function checkAveraging(runs: readonly RunResult[]): InterventionCheck {
  const noise = checkNoise(runs, (run) => {
    const dense = lastNumbers(run, NORMS, "largest").length;
    const keeps = [KEEP_INPUT, ...new Array<number>(Math.max(0, dense - 1)).fill(KEEP_HIDDEN)];
    return { layers: keeps.map((keep) => ({ kind: "bernoulli", keep })) };
  });
  const spreads = runs.flatMap((run) => averaging(run).sd[0] ?? []);
  const differ = spreads.length > 0 && Math.min(...spreads) > 0;
  const least = differ ? `${(Math.min(...spreads) * 100).toFixed(2)} points` : "nothing known";
  return {
    passed: noise.passed && differ,
    because: `${noise.because}; the errors of single thinned networks spread by ${least} or more (needed: more than 0)`,
  };
}

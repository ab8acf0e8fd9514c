import type {
  InterventionCheck,
  Measure,
  ProbeSeries,
  RunResult,
} from "../../experiments/index.ts";
import { medianRatio } from "../step-timing.ts";
import { costNets, type Net } from "./model.ts";

export type CostMeasure = "added" | "added-per-layer" | "step-time" | "control";

/** Names of the probes: times in each round, and what was timed. */
export const TIMES = "step-times";
export const NORMALIZED = "normalized-layers";

export const measures: Readonly<Record<CostMeasure, Measure>> = {
  added: {
    label: "What batch normalization adds to a step",
    unit: "%",
    definition:
      "Time of a training step with batch normalization at every hidden layer, divided by that without, less 1; the median over rounds in which both were timed.",
    digits: 1,
    of: ({ probes }) => ({ value: addedBy(probes[TIMES], "all"), atLeast: false }),
  },
  "added-per-layer": {
    label: "What it adds at one layer, on average",
    unit: "%",
    definition:
      "The same with batch normalization at one hidden layer alone, the mean over the layers; their sum is what all would add if none hid behind another.",
    digits: 1,
    of({ probes }) {
      const layers = layerNames(probes[TIMES]);
      const added = layers.flatMap((name) => addedBy(probes[TIMES], name) ?? []);
      const sum = added.reduce((total, each) => total + each, 0);
      return { value: added.length === 0 ? null : sum / added.length, atLeast: false };
    },
  },
  "step-time": {
    label: "Time of a step without it",
    unit: "ms",
    definition:
      "Milliseconds per training step (forward, backward, SGD update) without batch normalization, the median over rounds.",
    digits: 2,
    of: ({ probes }) => ({ value: medianOf(timesOf(probes[TIMES], "without")), atLeast: false }),
  },
  control: {
    label: "Control: the net without, timed again as another",
    unit: "%",
    definition:
      "Time of a step of a second copy of the net without batch normalization, divided by that of the first, less 1: what the timing itself is worth.",
    digits: 1,
    of: ({ probes }) => ({ value: addedBy(probes[TIMES], "again"), atLeast: false }),
  },
};

/** Those of one layer alone. */
export function layerNames(series: ProbeSeries | undefined): string[] {
  return Object.keys(series?.values ?? {}).filter((name) => name.startsWith("layer"));
}

function timesOf(series: ProbeSeries | undefined, name: string): number[] {
  return (series?.values[name] ?? []).flat();
}

export function addedBy(series: ProbeSeries | undefined, name: string): number | null {
  const [own, without] = [timesOf(series, name), timesOf(series, "without")];
  return own.length === 0 || own.length !== without.length ? null : medianRatio(own, without) - 1;
}

function medianOf(values: readonly number[]): number | null {
  const ones = values.map(() => 1);
  return values.length === 0 ? null : medianRatio(values, ones);
}

/** How far off the control may be. */
const CONTROL_BELOW = 0.1;

/** Was it normalization that was timed, and can the timing tell? */
export function checkTiming(runs: readonly RunResult[]): InterventionCheck {
  const wrong = runs.filter(({ arm, probes }) => {
    const layers = costNets[arm as Net].blocks.length;
    const { without, again, all, ...alone } = probes[NORMALIZED]?.values ?? {};
    const [none, same, every] = [without, again, all].map((counts) => counts?.[0]);
    const each = Object.values(alone).map((counts) => counts[0]);
    const right = each.length === layers && each.every((count) => count === 1);
    return !(none === 0 && same === 0 && every === layers && right);
  }).length;
  const controls = runs.map(({ probes }) => Math.abs(addedBy(probes[TIMES], "again") ?? NaN));
  const worst = controls.length === 0 ? NaN : Math.max(...controls);
  return {
    passed: runs.length > 0 && wrong === 0 && worst <= CONTROL_BELOW,
    because:
      `${runs.length - wrong} of ${runs.length} runs timed nets that keep running statistics for exactly the layers meant; ` +
      `a second copy of the net without was off by ${(100 * worst).toPrecision(2)} % at most (allowed: ${100 * CONTROL_BELOW} %)`,
  };
}

import type { Dataset } from "evenkeel/data";
import type { Loss } from "evenkeel/nn";
import { gradientNorms, lossLandscape, type Probe } from "evenkeel/probes";
import type { Observer } from "evenkeel/train";
import { landscapeFactors } from "./landscape-steps.ts";
import { activations } from "./observers/activations.ts";
import { decisionMap } from "./observers/decision-map.ts";
import { unitStates } from "./observers/unit-states.ts";
import type { WatchSpec } from "./protocol.ts";

/** Examples that probes look at. */
const EXAMPLES = 100;

export interface WatchSite {
  readonly arm: number;
  readonly data: Dataset;
  readonly loss: Loss;
  readonly learningRate: (step: number) => number;
}

/** The observers that one arm of a training is given. */
export function observersFor(watch: readonly WatchSpec[], site: WatchSite): readonly Observer[] {
  return watch
    .filter(({ arms }) => arms === undefined || arms.includes(site.arm))
    .flatMap((wanted) => observerFor(wanted, site) ?? []);
}

function observerFor(
  { kind, every }: WatchSpec,
  { data, loss, learningRate }: WatchSite,
): Observer | Probe | null {
  const count = Math.min(EXAMPLES, data.test.count);
  const batch = { examples: data.test, count, batchSize: count, phase: "train" } as const;
  switch (kind) {
    case "activations":
      return activations(data.test, count, every);
    case "units":
      return unitStates(data.test, count, every);
    case "gradients":
      return gradientNorms({ ...batch, name: "gradients", loss, learningRate, every });
    case "landscape": {
      const stepSizes = landscapeFactors.map((factor) => factor * learningRate(0));
      return lossLandscape({ ...batch, name: "landscape", loss, stepSizes, every });
    }
    case "decision-map": {
      const plane = data.test.shape.length === 1 && data.test.shape[0] === 2;
      return plane && data.classes !== null ? decisionMap(data.train, data.classes, every) : null;
    }
  }
}

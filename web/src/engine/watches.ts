import type { Dataset } from "evenkeel/data";
import type { Loss } from "evenkeel/nn";
import type { Observer } from "evenkeel/train";
import { activations } from "./observers/activations.ts";
import { decisionMap } from "./observers/decision-map.ts";
import { gradientNorms } from "./observers/gradient-norms.ts";
import { unitStates } from "./observers/unit-states.ts";
import type { WatchSpec } from "./protocol.ts";

/** Test examples that probes look at. */
const EXAMPLES = 100;

/** The observers that one arm of a training is given. */
export function observersFor(
  watch: readonly WatchSpec[],
  arm: number,
  data: Dataset,
  loss: Loss,
): readonly Observer[] {
  const count = Math.min(EXAMPLES, data.test.count);
  return watch
    .filter(({ arms }) => arms === undefined || arms.includes(arm))
    .flatMap(({ kind, every }): Observer[] => {
      switch (kind) {
        case "activations":
          return [activations(data.test, count, every)];
        case "units":
          return [unitStates(data.test, count, every)];
        case "gradients":
          return [gradientNorms(data.test, loss, count, every)];
        case "decision-map": {
          const plane = data.test.shape.length === 1 && data.test.shape[0] === 2;
          return plane && data.classes !== null
            ? [decisionMap(data.train, data.classes, every)]
            : [];
        }
        case "landscape":
          return [];
      }
    });
}

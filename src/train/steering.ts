import type { EvaluationEvent, SteerEvent } from "./events.ts";
import type { Controller, Memories } from "./controller.ts";

/** All controllers of one run together. */
export interface Steering {
  /** After an evaluation: what changed, one event per controller that changed something. */
  see(event: EvaluationEvent): readonly SteerEvent[];
  /** What the learning rate is multiplied with from the next step on: the product of all factors. */
  rateFactor(): number;
  /** Is the run to end here? */
  stops(): boolean;
  remember(): Memories;
}

/** Puts controllers at the helm, each with what it remembers. */
export function steering(controllers: readonly Controller[], memories: Memories): Steering {
  const helms = controllers.map((controller) => ({
    controller,
    helm: controller.begin(memories[controller.label] ?? null),
  }));
  return {
    see(event) {
      const { step } = event;
      return helms.flatMap(({ controller: { label, keepsBest }, helm }): SteerEvent[] => {
        const before = helm.rateFactor();
        const best = helm.see(event) && keepsBest;
        const rateFactor = helm.rateFactor();
        const stop = helm.stop();
        if (rateFactor === before && !best && stop === null) return [];
        return [{ type: "steer", step, by: label, rateFactor, best, stop }];
      });
    },
    rateFactor: () => helms.reduce((product, { helm }) => product * helm.rateFactor(), 1),
    stops: () => helms.some(({ helm }) => helm.stop() !== null),
    remember: () =>
      Object.fromEntries(helms.map(({ controller, helm }) => [controller.label, helm.remember()])),
  };
}

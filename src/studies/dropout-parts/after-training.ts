import type { Weights } from "../../nn/index.ts";
import type { Run, TrainEvent } from "../../train/index.ts";

/** A probe of the weights that a run ends with. */
export type FinalProbe = Omit<Extract<TrainEvent, { readonly type: "probe" }>, "type" | "step">;

/** A run's events, and before the last of a finished one what `look` sees of its weights. */
export async function* afterTraining(
  run: Run,
  look: (weights: Weights) => Promise<readonly FinalProbe[]>,
): AsyncGenerator<TrainEvent, void> {
  for await (const event of run) {
    if (event.type === "done" && event.outcome === "finished") {
      const { step } = event;
      for (const probe of await look(run.weights())) yield { type: "probe", step, ...probe };
    }
    yield event;
  }
}

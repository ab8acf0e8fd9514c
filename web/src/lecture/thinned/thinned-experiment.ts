import { crossEntropy, sgd, type Run } from "evenkeel/train";
import type { Experiment } from "../training/experiment.ts";
import { trainArms, type ArmEvent } from "../training/train-arms.ts";
import { testThinnedNets, type ThinnedNets } from "./all-thinned-nets.ts";
import { maskDrawer, networkNumber, type StepMasks } from "./draw-masks.ts";
import { smallData, smallNetwork } from "./small-network.ts";

export interface ThinnedSettings {
  readonly seed: number;
  readonly steps: number;
}

export type ThinnedUpdate =
  | ({ readonly type: "event" } & ArmEvent)
  | {
      readonly type: "masks";
      readonly step: number;
      /** Of the step's first example, per dropout layer. */
      readonly first: readonly (readonly boolean[])[];
      /** Masks drawn so far, and how many of them were different. */
      readonly drawn: number;
      readonly distinct: number;
    }
  | ({ readonly type: "tested" } & ThinnedNets);

export const BATCH_SIZE = 32;

/**
 * Trains the small network with dropout, shows the masks each step drew, and tests all of its
 * thinned networks afterwards.
 *
 * Source: Srivastava et al. 2014, JMLR 15, sections 1 and 4.
 */
export const thinnedExperiment: Experiment<ThinnedSettings, ThinnedUpdate> = async function* (
  { seed, steps },
  signal,
) {
  const data = await smallData();
  const masksAt = await maskDrawer(seed, BATCH_SIZE);
  const seen = new Set<number>();
  const plan = {
    arms: [
      {
        id: "dropout",
        model: smallNetwork(),
        optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
      },
    ],
    data,
    loss: crossEntropy(),
    steps,
    batchSize: BATCH_SIZE,
    seed,
    reportEvery: 1,
    evaluateEvery: Math.max(1, Math.round(steps / 20)),
  };
  let trained: Run | null = null;
  const keep = (_: string, run: Run): void => {
    trained = run;
  };
  for await (const { arm, event } of trainArms(plan, signal, keep)) {
    yield { type: "event", arm, event };
    if (event.type !== "step") continue;
    // Step 1 is the one with index 0: its masks were drawn with that key.
    const masks = masksAt(event.step - 1);
    yield { type: "masks", step: event.step, ...count(masks, seen, event.step) };
  }
  if (trained !== null && !signal.aborted) {
    yield { type: "tested", ...testThinnedNets((trained as Run).weights(), data.test) };
  }
};

function count(
  masks: StepMasks,
  seen: Set<number>,
  step: number,
): Pick<Extract<ThinnedUpdate, { type: "masks" }>, "first" | "drawn" | "distinct"> {
  for (let row = 0; row < BATCH_SIZE; row++) seen.add(networkNumber(masks, row));
  return {
    first: masks.map((layer) => layer[0]!),
    drawn: step * BATCH_SIZE,
    distinct: seen.size,
  };
}

/** Several networks that train side by side, the same batches for each. */
import type { Loss, Module } from "evenkeel/nn";
import { wasmBackend } from "evenkeel/run";
import {
  fit,
  type Observer,
  type Optimizer,
  type Run,
  type TrainEvent,
  type TrainingData,
} from "evenkeel/train";

interface ArmPlan {
  readonly id: string;
  readonly model: Module;
  readonly optimizer: Optimizer;
  readonly observe?: readonly Observer[];
}

export interface Plan {
  readonly arms: readonly ArmPlan[];
  readonly data: TrainingData;
  readonly loss: Loss;
  readonly steps: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly reportEvery: number;
  readonly evaluateEvery: number;
}

export interface ArmEvent {
  readonly arm: string;
  readonly event: TrainEvent;
}

/**
 * One event of each arm in turn: they say the same things at the same steps, so they keep abreast.
 * An arm that diverges ends; the others go on. All run as WebAssembly, in tests as on the page.
 */
export async function* trainArms(
  plan: Plan,
  signal: AbortSignal,
  onRun: (arm: string, run: Run) => void = () => {},
): AsyncGenerator<ArmEvent, void> {
  const { arms, ...common } = plan;
  const backend = wasmBackend();
  const lanes = arms.map(({ id, model, optimizer, observe = [] }) => {
    const run = fit(model, { ...common, optimizer, observe, backend, signal });
    onRun(id, run);
    return { arm: id, events: run[Symbol.asyncIterator]() };
  });
  const open = new Set(lanes);
  while (open.size > 0) {
    for (const lane of open) {
      const next = await lane.events.next();
      if (next.done === true) open.delete(lane);
      else yield { arm: lane.arm, event: next.value };
    }
  }
}

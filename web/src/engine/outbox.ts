/** Events on their way to the page: steps gathered, messages at most 30 a second. */
import type { TrainEvent } from "evenkeel/train";
import type { LabEvent, RunKey, StepsEvent } from "./protocol.ts";

/** Milliseconds between two messages. */
const INTERVAL = 1000 / 30;

interface Gathered {
  readonly key: RunKey;
  readonly step: number[];
  readonly loss: number[];
  readonly accuracy: (number | null)[];
  milliseconds: number;
}

export interface Outbox {
  /** Steps of one run come in order; `milliseconds` is what this one took. */
  addStep(key: RunKey, event: Extract<TrainEvent, { type: "step" }>, milliseconds: number): void;
  add(event: LabEvent): void;
  /** Sends what there is, if the last message was long enough ago. */
  flushIfDue(): void;
  flush(): void;
}

export function outbox(send: (events: readonly LabEvent[]) => void): Outbox {
  let events: LabEvent[] = [];
  let last = performance.now();
  const gathered = new Map<string, Gathered>();

  /** Steps made before an event are told before it. */
  function release(): void {
    for (const { key, step, loss, accuracy, milliseconds } of gathered.values()) {
      events.push({
        type: "steps",
        ...key,
        step,
        loss,
        accuracy,
        millisecondsPerStep: milliseconds / step.length,
      } satisfies StepsEvent);
    }
    gathered.clear();
  }

  function flush(): void {
    release();
    last = performance.now();
    if (events.length === 0) return;
    send(events);
    events = [];
  }

  return {
    addStep(key, { step, loss, accuracy }, milliseconds) {
      const name = `${key.arm}/${key.seed}`;
      const there = gathered.get(name) ?? {
        key,
        step: [],
        loss: [],
        accuracy: [],
        milliseconds: 0,
      };
      there.step.push(step);
      there.loss.push(loss);
      there.accuracy.push(accuracy);
      there.milliseconds += milliseconds;
      gathered.set(name, there);
    },
    add(event) {
      release();
      events.push(event);
    },
    flushIfDue() {
      if (performance.now() - last >= INTERVAL) flush();
    },
    flush,
  };
}

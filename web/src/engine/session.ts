/** A training in the worker: all runs in turn, one step each, so that arms stay side by side. */
import type { Dataset } from "evenkeel/data";
import { memberTree } from "evenkeel/nn";
import { wasmBackend } from "evenkeel/run";
import type { TrainEvent } from "evenkeel/train";
import { type ArmRun, startArm } from "./arm-run.ts";
import { failureText } from "./failure-text.ts";
import { fingerprint } from "./fingerprint.ts";
import { gate, type Gate } from "./gate.ts";
import { loadData } from "./load-data.ts";
import { outbox, type Outbox } from "./outbox.ts";
import type { Change, LabEvent, OwnData, RunKey, TrainSpec } from "./protocol.ts";

export interface SessionOptions {
  readonly spec: TrainSpec;
  readonly own: OwnData | null;
  readonly base: string;
  readonly paused: boolean;
  readonly send: (events: readonly LabEvent[]) => void;
}

export interface Session {
  readonly gate: Gate;
  change(change: Omit<Change, "step">): void;
  stop(): void;
  /** The run with its network, for exports; undefined if it never began. */
  find(key: RunKey): { readonly run: ArmRun; readonly data: Dataset } | undefined;
}

interface Member {
  readonly key: RunKey;
  readonly run: ArmRun;
  readonly data: Dataset;
  over: boolean;
}

/** Begins at once; everything that happens, failures too, is told through `send`. */
export function startSession(options: SessionOptions): Session {
  const { spec, send, paused } = options;
  const out = outbox(send);
  const controller = new AbortController();
  const changes: Change[] = (spec.changes ?? []).toSorted((a, b) => a.step - b.step);
  const members: Member[] = [];
  const entrance = gate(!paused, (open) => {
    out.add({ type: "state", state: open ? "running" : "paused" });
    out.flush();
  });

  async function work(): Promise<void> {
    out.add({ type: "state", state: "loading" });
    out.flush();
    await begin(options, { changes, members, out, signal: controller.signal });
    out.add({ type: "state", state: "running" });
    out.flush();
    while (members.some(({ over }) => !over) && !controller.signal.aborted) {
      const wait = entrance.pass();
      if (wait !== null) await wait;
      for (const member of members) if (!member.over) await advance(member, out);
      out.flushIfDue();
    }
    // Each run ends with an event of its own, also when it was stopped.
    for (const member of members) while (!member.over) await advance(member, out);
  }

  work()
    .catch((error: unknown) => out.add({ type: "failed", arm: null, message: failureText(error) }))
    .finally(() => {
      out.add({ type: "state", state: "over" });
      out.flush();
    });

  return {
    gate: entrance,
    change(asked) {
      const change = { ...asked, step: Math.max(0, ...members.map(({ run }) => run.step())) };
      changes.push(change);
      out.add({ type: "changed", change });
      out.flush();
    },
    stop() {
      controller.abort();
      entrance.open();
    },
    find: (key) =>
      members.find((member) => member.key.arm === key.arm && member.key.seed === key.seed),
  };
}

interface Beginning {
  readonly changes: readonly Change[];
  readonly members: Member[];
  readonly out: Outbox;
  readonly signal: AbortSignal;
}

async function begin(
  { spec, own, base }: SessionOptions,
  { changes, members, out, signal }: Beginning,
): Promise<void> {
  const backend = wasmBackend({ threads: spec.threads ?? 1 });
  const loaded = new Map<boolean, Promise<Dataset>>();
  for (const [arm, { layers }] of spec.arms.entries()) {
    const asImages = layers.some(({ kind }) => imageKinds.has(kind));
    const loading = loaded.get(asImages) ?? loadData(spec.data, { base, own, asImages });
    loaded.set(asImages, loading);
    const data = await loading;
    for (const seed of spec.seeds) {
      try {
        const run = startArm({ spec, arm, seed, data, backend, changes, signal });
        members.push({ key: { arm, seed }, run, data, over: false });
      } catch (error) {
        out.add({ type: "failed", arm, message: failureText(error) });
        break;
      }
    }
  }
}

/** Layers that need to know which pixels are neighbours. */
const imageKinds = new Set([
  "conv2d",
  "maxPool2d",
  "avgPool2d",
  "globalAvgPool2d",
  "spatialDropout",
  "dropBlock",
]);

/** One step of a run, with what comes before it: evaluations and observations of the step before. */
async function advance(member: Member, out: Outbox): Promise<void> {
  try {
    for (;;) {
      const began = performance.now();
      const event = await member.run.next();
      if (event === null) member.over = true;
      else if (event.type === "step") out.addStep(member.key, event, performance.now() - began);
      else await tell(event, member, out);
      if (event === null || event.type === "step") return;
      out.flushIfDue();
    }
  } catch (error) {
    member.over = true;
    out.add({ type: "failed", arm: member.key.arm, message: failureText(error) });
  }
}

async function tell(event: TrainEvent, { key, run }: Member, out: Outbox): Promise<void> {
  switch (event.type) {
    case "start": {
      const parameters = memberTree(run.model()).members.filter(
        ({ member }) => member.kind === "parameter",
      );
      const sizes = parameters.map(({ member: { shape } }) =>
        shape.reduce((size, n) => size * n, 1),
      );
      out.add({
        type: "ready",
        ...key,
        backend: event.backend,
        stepsPerEpoch: event.stepsPerEpoch,
        parameters: sizes.reduce((sum, size) => sum + size, 0),
      });
      return;
    }
    case "evaluation": {
      const { loss, accuracy } = event.result;
      out.add({ type: "evaluation", ...key, step: event.step, split: event.split, loss, accuracy });
      return;
    }
    case "probe": {
      const { step, probe, unit, values } = event;
      out.add({ type: "probe", ...key, step, probe, unit, values });
      return;
    }
    case "diverged": {
      const { step, loss, layer } = event;
      out.add({ type: "diverged", ...key, step, loss, layer });
      return;
    }
    case "done": {
      const outcome = event.outcome === "aborted" ? "stopped" : event.outcome;
      const mark = await fingerprint(run.weights());
      out.add({ type: "done", ...key, step: event.step, outcome, fingerprint: mark });
      return;
    }
    case "step":
    case "epoch":
    case "steer":
    case "checkpoint":
      return;
  }
}

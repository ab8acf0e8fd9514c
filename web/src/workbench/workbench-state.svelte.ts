/** The workbench's state: the plan, kept in the address, and its training. */
import { type Change, type OwnData, threadsHere } from "../engine/index.ts";
import { announce } from "../frame/announcer.svelte.ts";
import { goTo, query } from "../frame/router.svelte.ts";
import { type LiveTraining, liveTraining } from "./live-training.svelte.ts";
import { type Plan, specOf } from "./plan.ts";
import { parsePlan, printPlan } from "./plan-address.ts";
import { presets } from "./presets.ts";

export interface Workbench extends Pick<LiveTraining, "phase" | "record" | "training"> {
  readonly plan: Plan;
  /** Why the address could not be read; "" if it could. */
  readonly addressError: string;
  readonly own: OwnData | null;
  /** Are the settings not those of the training on screen? */
  readonly stale: boolean;
  setPlan(plan: Plan): void;
  setOwn(own: OwnData): void;
  /** Begins, or goes on. */
  play(): void;
  pause(): void;
  step(): void;
  reset(): void;
  /** From the next step on; the plan remembers it, so that the address repeats it. */
  change(change: Omit<Change, "step">): void;
  /** Ends the worker: the room is being left. */
  leave(): void;
}

export function createWorkbench(): Workbench {
  const first = planOfAddress();
  let plan = $state.raw<Plan>(first.plan);
  let own = $state.raw<OwnData | null>(null);
  let trained = $state("");
  const live = liveTraining((change) => {
    const same = printPlan(plan) === trained;
    setPlan({ ...plan, changes: [...plan.changes, change] });
    if (same) trained = printPlan(plan);
  });

  function setPlan(next: Plan): void {
    plan = next;
    goTo(`?${printPlan(next)}`, "replace");
  }

  function start(paused: boolean): void {
    setPlan(plan);
    trained = printPlan(plan);
    live.start(specOf(plan, threadsHere()), { paused, own });
  }

  return {
    get plan() {
      return plan;
    },
    get phase() {
      return live.phase;
    },
    get record() {
      return live.record;
    },
    get training() {
      return live.training;
    },
    get own() {
      return own;
    },
    get stale() {
      return live.phase !== "idle" && printPlan(plan) !== trained;
    },
    addressError: first.error,
    setPlan,
    setOwn(data) {
      own = data;
    },
    play() {
      if (live.phase === "paused") live.training?.resume();
      else start(false);
    },
    pause: () => live.training?.pause(),
    step() {
      if (live.phase === "idle" || live.phase === "over") start(true);
      live.training?.step();
    },
    reset() {
      live.close();
      announce("Reset");
    },
    change: (change) => live.training?.change(change),
    leave: () => live.close(),
  };
}

function planOfAddress(): { readonly plan: Plan; readonly error: string } {
  try {
    return { plan: parsePlan(query()) ?? presets[0].plan, error: "" };
  } catch (error) {
    return { plan: presets[0].plan, error: error instanceof Error ? error.message : String(error) };
  }
}

import type { Weights } from "../nn/index.ts";
import type { BufferView, Executable, Session } from "../run/backend.ts";
import type { StepProgram } from "./build-step.ts";
import { firstDiverged } from "./divergence.ts";
import { driver as makeDriver, fed, type FedExecutable } from "./driver.ts";
import type { FitSettings } from "./fit-options.ts";
import { readSlots, writeSlots } from "./slots.ts";

/** Steps between copies of the state in memory, from which a diverged step is reached again. */
const SNAPSHOT_EVERY = 500;

/** The compiled training step with all it is fed. */
export interface Stepper {
  /** Does step `index`; 0 is the first. Returns the mean loss of its batch before the update. */
  step(index: number): number;
  /** How many examples of the last step's batch were classified correctly; null without classes. */
  correct(): number | null;
  /** What the penalties added to the last step's loss; null without penalties. */
  penalty(): number | null;
  /** Parameters, running statistics, optimizer buffers and averages. */
  read(): Weights;
  /** To be called when the rate factor changes: the steps before it can no longer be run again. */
  forget(): void;
  /**
   * Goes back to before step `index`, whose loss was not finite, and says where it began (see
   * `firstDiverged`). The way there is to run the steps since the last copy once more: steps are
   * functions of the seed and their index, so they come out the same.
   */
  blame(index: number): Promise<string | null>;
  /** Says where the forward pass of step `index` stops being finite, with the state as it is. */
  locate(index: number): Promise<string | null>;
  /** To be called when the session may have compiled another program: fetches the views anew. */
  refresh(): void;
}

export async function compileStepper(
  session: Session,
  program: StepProgram,
  settings: FitSettings,
  rateFactor: () => number,
): Promise<Stepper> {
  const { slots } = program;
  const { batchSize, seed, data, augment } = settings;
  const driver = makeDriver({ split: data.train, batchSize, seed, augment, rateFactor });
  const executable = await session.compile(program.program, { name: "train-step" });
  let views = viewsOf(executable, program);
  let snapshot: { index: number; values: Weights } | null = null;

  function run(index: number): void {
    driver.feed(views.fed, index);
    executable.run();
  }

  const locate = (index: number): Promise<string | null> =>
    firstDiverged(session, program, driver, index);

  return {
    locate,
    step(index) {
      if (snapshot === null || index >= snapshot.index + SNAPSHOT_EVERY) {
        snapshot = { index, values: readSlots(session, slots) };
      }
      run(index);
      return views.loss[0]!;
    },
    correct: () => (views.correct === null ? null : views.correct[0]!),
    penalty: () => (views.penalty === null ? null : views.penalty[0]!),
    forget() {
      snapshot = null;
    },
    read: () => readSlots(session, slots),
    refresh() {
      views = viewsOf(executable, program);
    },
    async blame(index) {
      if (snapshot === null) return null;
      writeSlots(session, slots, snapshot.values);
      for (let again = snapshot.index; again < index; again++) run(again);
      return locate(index);
    },
  };
}

interface Views {
  readonly fed: FedExecutable;
  readonly loss: BufferView;
  readonly correct: BufferView | null;
  readonly penalty: BufferView | null;
}

function viewsOf(executable: Executable, program: StepProgram): Views {
  const { outputs } = program.program;
  const viewOf = (name: string): BufferView | null =>
    outputs[name] === undefined ? null : executable.output(name);
  return {
    fed: fed(executable, program.program, program),
    loss: executable.output("loss"),
    correct: viewOf("correct"),
    penalty: viewOf("penalty"),
  };
}

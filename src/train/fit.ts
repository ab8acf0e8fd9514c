import { OptionError, ShapeError } from "../base/errors.ts";
import { sameShape, showShape, type Shape } from "../base/shape.ts";
import { memberTree, type MemberTree, type Module, type Weights } from "../nn/index.ts";
import { averagesOf } from "./average-weights.ts";
import { buildStep } from "./build-step.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import { checkSplit } from "./check-split.ts";
import type { DoneEvent, TrainEvent } from "./events.ts";
import { checkFitOptions, type FitOptions } from "./fit-options.ts";
import { checkpointTensors, firstState, type RunState } from "./run-state.ts";
import { trainLoop } from "./train-loop.ts";

/** A training run. Iterating it runs it, once; between two events it stands still. */
export interface Run extends AsyncIterable<TrainEvent> {
  /** Names and slots of what the model holds. */
  readonly tree: MemberTree;
  /**
   * Parameters and running statistics as they are now; once the run is over, those of its best
   * evaluation if a controller kept them.
   */
  weights(): Weights;
  /** The moving averages of parameters and running statistics; null if the run keeps none. */
  average(): Weights | null;
  /** The state now, as `resumeFrom` takes it. */
  checkpoint(): Uint8Array<ArrayBuffer>;
  /** Runs to the end without looking at the events, and returns the last one. */
  finish(): Promise<DoneEvent>;
}

/**
 * Trains a model: a run that says what happens as typed events.
 *
 * Everything is checked and traced here; the work starts with the iteration. A run is a function
 * of model, data, options and seed: on one backend it is bitwise repeatable, and a run resumed
 * from a checkpoint is bitwise the uninterrupted one. When the loss stops being finite, the run
 * says so, goes back to before that step, and ends; an evaluation whose loss is not finite ends it
 * too.
 *
 * Errors: OptionError for an option out of range; ShapeError if data, model and loss do not fit;
 *         DataError for labels out of range or a checkpoint that is not this run's.
 */
export function fit(model: Module, options: FitOptions): Run {
  const settings = checkFitOptions(options);
  const { data, loss, optimizer, batchSize, clip, penalties, constraints, average } = settings;
  const tree = memberTree(model);
  const inputShape = data.train.shape;
  const program = buildStep(model, loss, optimizer, {
    batchSize,
    inputShape,
    tree,
    clip,
    penalties,
    constraints,
    average,
    sampleWeights: data.train.weights !== undefined,
  });
  checkSplit(data.train, program.trace.output, loss, "fit: train");
  settings.augment?.check(inputShape);
  if (data.test !== undefined) {
    checkSplit(data.test, program.trace.output, loss, "fit: test");
    checkAlike(data.test.shape, inputShape);
  }
  const state = firstState(program, settings);
  const events = trainLoop(model, program, settings, state);
  let started = false;

  function iterate(): AsyncGenerator<TrainEvent, void> {
    if (started) throw new OptionError("fit: a run is iterated once, got a second iteration");
    started = true;
    return events;
  }

  return Object.freeze({
    tree,
    weights: () => resultOf(tree, state),
    average: () => (average === undefined ? null : averagesOf(program, state.read())),
    checkpoint: () =>
      writeCheckpoint({ header: state.header(), tensors: checkpointTensors(state) }),
    [Symbol.asyncIterator]: iterate,
    async finish() {
      let last: TrainEvent | null = null;
      for await (const event of iterate()) last = event;
      if (last?.type === "done") return last;
      throw new OptionError("fit: finish needs a run that was not left early");
    },
  });
}

function checkAlike(test: Shape, train: Shape): void {
  if (sameShape(test, train)) return;
  throw new ShapeError(
    `fit: test: examples must be of shape ${showShape(train)} as in train, got ${showShape(test)}`,
  );
}

function resultOf({ members }: MemberTree, { ended, best, read }: RunState): Weights {
  if (ended && best !== null) return best;
  const all = read();
  return new Map(members.map(({ path }) => [path, all.get(path)!]));
}

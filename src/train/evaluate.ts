import { input } from "../graph/ops/input.ts";
import type { Split } from "../data/dataset.ts";
import { trace, type Loss, type MemberTree, type Module, type Weights } from "../nn/index.ts";
import type { Backend, Session } from "../run/backend.ts";
import { judge } from "../nn/judge.ts";
import { lossInput } from "../nn/loss.ts";
import { breather, type Breather } from "./breather.ts";
import { SAMPLE_WEIGHTS } from "./build-step.ts";
import { checkSplit } from "./check-split.ts";
import { compileChunks } from "./chunks.ts";
import type { Evaluation } from "./events.ts";
import { openModel } from "./open-model.ts";

export interface EvaluateOptions {
  readonly loss: Loss;
  /** Which statistics `weights` holds, for the result to say; defaults to *"running"*. */
  readonly statistics?: Evaluation["statistics"];
  /** Defaults to *the fastest backend that runs here*. */
  readonly backend?: Backend;
}

/**
 * Mean loss and accuracy of a model over every example of a split, in phase `eval`: normalization
 * uses the statistics in `weights`, dropout does not draw. The loss counts classes and examples by
 * their weights, if they have any; the accuracy counts every example alike.
 *
 * Errors: DataError if the weights are not the model's, or the data do not fit the loss;
 *         ShapeError if the data do not fit the model.
 */
export async function evaluate(
  model: Module,
  weights: Weights,
  split: Split,
  { loss, statistics = "running", backend }: EvaluateOptions,
): Promise<Evaluation> {
  const { session, tree } = await openModel(model, weights, backend, "evaluate");
  const run = await compileEvaluation(session, { model, tree, loss, split, name: "evaluate" });
  return { ...(await run(breather())), statistics };
}

export interface EvaluationSite {
  readonly model: Module;
  readonly tree: MemberTree;
  readonly loss: Loss;
  readonly split: Split;
  readonly name: string;
}

/** Compiles the forward pass over a split; running it reads the session's weights of that moment. */
export async function compileEvaluation(
  session: Session,
  { model, tree, loss, split, name }: EvaluationSite,
): Promise<(breathe: Breather) => Promise<Omit<Evaluation, "statistics">>> {
  const counts = loss.correct !== undefined;
  let weighted = false;
  const constants = Object.entries(loss.constants ?? {});
  const run = await compileChunks(session, split, {
    name,
    constants: Object.fromEntries(constants.map(([key, data]) => [lossInput(key), data])),
    build(size) {
      const x = input("x", [size, ...split.shape]);
      const { output } = trace(model, x, { phase: "eval", tree });
      checkSplit(split, output, loss, name);
      const target = loss.target(output);
      const targets = input("target", target.shape, target.dtype);
      const weights = split.weights === undefined ? null : input(SAMPLE_WEIGHTS, [size]);
      const correct = loss.correct?.(output, targets);
      const judged = judge(loss, output, targets, weights);
      weighted = judged.weight !== null;
      const outputs = {
        loss: judged.loss,
        ...(judged.weight && { weight: judged.weight }),
        ...(correct && { correct }),
      };
      return { outputs, writes: [] };
    },
  });
  return async (breathe) => {
    let total = 0;
    let weight = 0;
    let correct = 0;
    await run((executable, _start, count) => {
      const share = weighted ? executable.output("weight")[0]! : count;
      total += executable.output("loss")[0]! * share;
      weight += share;
      if (counts) correct += executable.output("correct")[0]!;
    }, breathe);
    return {
      loss: weight === 0 ? 0 : total / weight,
      accuracy: counts ? correct / split.count : null,
      examples: split.count,
    };
  };
}

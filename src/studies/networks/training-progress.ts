import { input } from "../../graph/index.ts";
import { trace, type Loss } from "../../nn/index.ts";
import { batchCount, batchFeed, checkBatches, checkEvery } from "../../probes/batches.ts";
import { finiteOr } from "../../probes/finite.ts";
import type { BatchOptions, Probe } from "../../probes/index.ts";
import { modeText } from "../../probes/mode-text.ts";

export interface TrainingProgressOptions extends BatchOptions {
  readonly name: string;
  readonly loss: Loss;
  /** Steps between observations. */
  readonly every: number;
}

/**
 * How well a network does in training itself: on batches of the training split, in phase `train`
 * and with the noise of training if so asked, before it learns from them.
 *
 * Values: `loss`, the mean over the batches; `accuracy`, the share classified correctly, if the
 *         loss counts classes.
 * Errors: OptionError for counts that do not fit; ShapeError if model, loss and examples do not.
 */
export function trainingProgress(options: TrainingProgressOptions): Probe {
  const { name, loss, every, examples, batchSize, phase, noise = false } = options;
  checkBatches(options, "trainingProgress");
  return Object.freeze({
    name,
    unit: "accuracy: share; loss: unit of the loss",
    every: checkEvery(every, "trainingProgress"),
    mode: modeText(options),
    async prepare({ model, tree, session }) {
      const x = input("x", [batchSize, ...examples.shape]);
      const traced = trace(model, x, { phase, noise, tree });
      const { shape, dtype } = loss.target(traced.output);
      const target = input("target", shape, dtype);
      const correct = loss.correct?.(traced.output, target);
      const outputs = { loss: loss.apply(traced.output, target), ...(correct && { correct }) };
      const program = { outputs, writes: [] };
      const feed = batchFeed({ program, trace: traced, loss }, options);
      const executable = await session.compile(program, { name: "probe-training-progress" });
      const batches = batchCount(options);
      return (step) => {
        let [hits, total] = [0, 0];
        for (let index = 0; index < batches; index++) {
          feed(executable, step, index);
          executable.run();
          total += executable.output("loss")[0]!;
          if (correct !== undefined) hits += executable.output("correct")[0]!;
        }
        const counted = correct !== undefined && { accuracy: hits / (batches * batchSize) };
        return { loss: finiteOr(total / batches), ...counted };
      };
    },
  } satisfies Probe);
}

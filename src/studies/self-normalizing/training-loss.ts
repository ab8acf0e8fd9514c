import { input } from "../../graph/ops/input.ts";
import { crossEntropy, trace } from "../../nn/index.ts";
import { batchCount, batchFeed, type BatchOptions } from "../../probes/batches.ts";
import { NOT_FINITE, type Probe } from "../../probes/index.ts";
import { judgeBatch } from "../../probes/surface.ts";

export interface TrainingLossOptions extends BatchOptions {
  readonly name: string;
  readonly every: number;
}

/**
 * Mean cross-entropy over some training examples, without dropout.
 *
 * Values: `loss`.
 * Unit:   nats per example.
 */
export function trainingLoss(options: TrainingLossOptions): Probe {
  const { name, every, examples, count, batchSize, phase } = options;
  const how = phase === "train" ? "each normalized with its own statistics" : "running statistics";
  return Object.freeze({
    name,
    unit: "nats",
    every,
    mode: `${count} training examples in batches of ${batchSize}, ${how}; no dropout, nothing updated`,
    async prepare({ model, tree, session }) {
      const loss = crossEntropy();
      const x = input("x", [batchSize, ...examples.shape]);
      const traced = trace(model, x, { phase, noise: false, tree });
      const judged = judgeBatch(traced.output, { examples, batchSize, loss });
      const program = { outputs: { loss: judged }, writes: [] };
      const feed = batchFeed({ program, trace: traced, loss }, options);
      const executable = await session.compile(program, { name: "probe-training-loss" });
      const batches = batchCount(options);
      return (step) => {
        let total = 0;
        for (let index = 0; index < batches; index++) {
          feed(executable, step, index);
          executable.run();
          total += executable.output("loss")[0]!;
        }
        return { loss: Number.isFinite(total) ? total / batches : NOT_FINITE };
      };
    },
  } satisfies Probe);
}

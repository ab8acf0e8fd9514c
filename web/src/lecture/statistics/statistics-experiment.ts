/**
 * A network trained with batch normalization on small batches, then tested with statistics from
 * three sources.
 *
 * Source: Ioffe & Szegedy 2015, arXiv:1502.03167, section 3.1 and Algorithm 2.
 */
import { digitsSample } from "evenkeel/data";
import type { Weights } from "evenkeel/nn";
import { wasmBackend } from "evenkeel/run";
import { rateNetwork } from "evenkeel/studies";
import { crossEntropy, evaluate, populationStatistics, sgd, type Run } from "evenkeel/train";
import type { Experiment } from "../training/experiment.ts";
import { statisticsSources, type StatisticsSource } from "./statistics-sources.ts";
import { trainArms, type ArmEvent } from "../training/train-arms.ts";

export interface StatisticsSettings {
  readonly batchSize: number;
  readonly seed: number;
  /** Training examples seen: the same for every batch size. */
  readonly seen: number;
}

export type StatisticsUpdate =
  | ({ readonly type: "event" } & ArmEvent)
  | {
      readonly type: "tested";
      readonly source: StatisticsSource;
      readonly accuracy: number;
      readonly loss: number;
    };

const LEARNING_RATE = 0.05;

export const statisticsExperiment: Experiment<StatisticsSettings, StatisticsUpdate> =
  async function* ({ batchSize, seed, seen }, signal) {
    const data = await digitsSample();
    const model = rateNetwork("relu", "bn");
    const steps = Math.max(1, Math.round(seen / batchSize));
    const every = Math.max(1, Math.round(steps / 20));
    const plan = {
      arms: [{ id: "bn", model, optimizer: sgd({ learningRate: LEARNING_RATE }) }],
      data,
      loss: crossEntropy(),
      steps,
      batchSize,
      seed,
      reportEvery: every,
      evaluateEvery: every,
    };
    const runs: Run[] = [];
    for await (const { arm, event } of trainArms(plan, signal, (_, run) => runs.push(run))) {
      yield { type: "event", arm, event };
    }
    const backend = wasmBackend();
    const loss = crossEntropy();
    const running = runs[0]!.weights();
    const population = await populationStatistics(model, running, data.train, {
      batchSize,
      seed,
      backend,
    });
    const sources: Readonly<Record<StatisticsSource, Weights>> = {
      running,
      population,
      biased: withoutCorrection(population, batchSize),
    };
    for (const source of statisticsSources) {
      if (signal.aborted) return;
      const found = await evaluate(model, sources[source], data.test, { loss, backend });
      yield { type: "tested", source, accuracy: found.accuracy ?? Number.NaN, loss: found.loss };
    }
  };

/** Every stored variance × (m − 1) / m: the mean of the batches' biased variances. */
export function withoutCorrection(weights: Weights, batchSize: number): Weights {
  const factor = (batchSize - 1) / batchSize;
  return new Map(
    [...weights].map(([path, tensor]) => [
      path,
      path.endsWith(".variance")
        ? { ...tensor, data: Float32Array.from(tensor.data, (value) => value * factor) }
        : tensor,
    ]),
  );
}

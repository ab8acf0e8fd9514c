/**
 * A network trained with dropout, tested in two ways: once with all units, their outputs scaled,
 * and as the mean of k thinned networks' predictions.
 *
 * Source: Srivastava et al. 2014, JMLR 15, section 7.5 and figure 11.
 */
import { digitsSample } from "evenkeel/data";
import { dropout, heNormal, linear, relu, sequential, zeros, type Module } from "evenkeel/nn";
import { wasmBackend } from "evenkeel/run";
import { crossEntropy, evaluate, monteCarlo, sgd, type Run } from "evenkeel/train";
import type { Experiment } from "../training/experiment.ts";
import { trainArms, type ArmEvent } from "../training/train-arms.ts";
import { KEEP, LAST_HIDDEN, sampleCounts } from "./averaging-settings.ts";
import { compareLastLayer, type LastLayer } from "./last-layer.ts";

export interface AveragingSettings {
  readonly seed: number;
  readonly steps: number;
}

export type AveragingUpdate =
  | ({ readonly type: "event" } & ArmEvent)
  | { readonly type: "scaled"; readonly accuracy: number; readonly loss: number }
  | {
      readonly type: "averaged";
      /** Thinned networks per prediction. */
      readonly samples: number;
      readonly draw: number;
      readonly accuracy: number;
      readonly loss: number;
    }
  | ({ readonly type: "last-layer" } & LastLayer);

const HIDDEN = 128;
/** Independent draws for each count. */
const DRAWS = 5;

export function averagingNetwork(): Module {
  const weight = heNormal;
  return sequential(
    linear(784, HIDDEN, { weight, bias: zeros }),
    relu(),
    dropout({ keep: KEEP }),
    linear(HIDDEN, LAST_HIDDEN, { weight, bias: zeros }),
    relu(),
    dropout({ keep: KEEP }),
    linear(LAST_HIDDEN, 10, { weight, bias: zeros }),
  );
}

export const averagingExperiment: Experiment<AveragingSettings, AveragingUpdate> = async function* (
  { seed, steps },
  signal,
) {
  const data = await digitsSample();
  const model = averagingNetwork();
  const plan = {
    arms: [{ id: "dropout", model, optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }) }],
    data,
    loss: crossEntropy(),
    steps,
    batchSize: 50,
    seed,
    reportEvery: Math.max(1, Math.round(steps / 60)),
    evaluateEvery: Math.max(1, Math.round(steps / 15)),
  };
  const runs: Run[] = [];
  for await (const { arm, event } of trainArms(plan, signal, (_, run) => runs.push(run))) {
    yield { type: "event", arm, event };
  }
  const weights = runs[0]!.weights();
  const backend = wasmBackend();
  const loss = crossEntropy();
  const found = await evaluate(model, weights, data.test, { loss, backend });
  yield { type: "scaled", accuracy: found.accuracy ?? Number.NaN, loss: found.loss };
  yield { type: "last-layer", ...compareLastLayer(weights, data.test, KEEP) };
  for (const samples of sampleCounts) {
    for (let draw = 0; draw < DRAWS; draw++) {
      if (signal.aborted) return;
      const options = { samples, seed: 1000 * samples + draw, backend };
      const { mean } = await monteCarlo(model, weights, data.test, options);
      yield { type: "averaged", samples, draw, ...judged(mean.data, data.test.targets) };
    }
  }
};

/** Of averaged probabilities: the share of right classes, and the mean of −log of the right one's. */
function judged(
  probabilities: ArrayLike<number>,
  targets: ArrayLike<number>,
): { readonly accuracy: number; readonly loss: number } {
  const classes = probabilities.length / targets.length;
  let correct = 0;
  let loss = 0;
  for (let row = 0; row < targets.length; row++) {
    const own = Array.from({ length: classes }, (_, k) => probabilities[row * classes + k]!);
    if (own.indexOf(Math.max(...own)) === targets[row]) correct++;
    loss -= Math.log(Math.max(own[targets[row]!]!, Number.MIN_VALUE));
  }
  return { accuracy: correct / targets.length, loss: loss / targets.length };
}

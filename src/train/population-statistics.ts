import { OptionError } from "../base/errors.ts";
import { gatherInputs } from "../data/gather.ts";
import { shuffledIndices } from "../data/shuffled-indices.ts";
import type { Examples } from "../data/dataset.ts";
import { input } from "../graph/ops/input.ts";
import type { Slot } from "../graph/value.ts";
import { trace, type MemberTree, type Module, type Tensor, type Weights } from "../nn/index.ts";
import type { Backend, Session } from "../run/backend.ts";
import { breather, type Breather } from "./breather.ts";
import { checkExamples } from "./check-split.ts";
import { openModel } from "./open-model.ts";

export interface PopulationOptions {
  /** Examples per mini-batch; as a rule that of the training. */
  readonly batchSize: number;
  /** Of the order in which examples are put into mini-batches; defaults to *0*. */
  readonly seed?: number;
  /** Defaults to *the fastest backend that runs here*. */
  readonly backend?: Backend;
}

/**
 * The same weights, with each running statistic replaced by its mean over the mini-batches of a
 * whole data set, the parameters frozen: E[x] ← E[μ_B], Var[x] ← m / (m − 1) · E[σ²_B].
 *
 * Every layer normalizes with its own mini-batch meanwhile, so a later layer's statistics are
 * those it had in training. Dropout does not draw: the statistics are of the network that will be
 * evaluated. A last partial mini-batch is left out. Statistics that a layer sets by `update`
 * instead of `blend` have no value of their own per batch and stay as they are.
 *
 * Errors: OptionError if the split has less than one mini-batch.
 * Source: Ioffe & Szegedy 2015, arXiv:1502.03167, Algorithm 2, steps 7 to 12.
 */
export async function populationStatistics(
  model: Module,
  weights: Weights,
  examples: Examples,
  { batchSize, seed = 0, backend }: PopulationOptions,
): Promise<Weights> {
  checkExamples(examples, "populationStatistics");
  const { session, tree } = await openModel(model, weights, backend, "populationStatistics");
  const compute = await compilePopulation(session, { model, tree, examples, batchSize, seed });
  const found = new Map((await compute(breather())).map(({ path, data }) => [path, data]));
  return new Map(
    [...weights].map(([path, tensor]): [string, Tensor] => {
      const data = found.get(path);
      return [path, data === undefined ? tensor : { ...tensor, data }];
    }),
  );
}

export interface PopulationSite {
  readonly model: Module;
  readonly tree: MemberTree;
  readonly examples: Examples;
  readonly batchSize: number;
  readonly seed: number;
}

export interface PopulationValue {
  readonly path: string;
  readonly slot: Slot;
  readonly data: Float32Array;
}

/** Compiles the pass over the mini-batches; it reads the session's weights and writes nothing. */
export async function compilePopulation(
  session: Session,
  { model, tree, examples, batchSize, seed }: PopulationSite,
): Promise<(breathe: Breather) => Promise<PopulationValue[]>> {
  const batches = Math.floor(examples.count / batchSize);
  if (!Number.isSafeInteger(batchSize) || batchSize < 1 || batches < 1) {
    throw new OptionError(
      `populationStatistics: batchSize must be an integer in [1, ${examples.count}], got ${batchSize}`,
    );
  }
  const x = input("x", [batchSize, ...examples.shape]);
  const traced = trace(model, x, { phase: "train", noise: false, tree });
  const blends = traced.updates.flatMap(({ path, slot, batchValue }) =>
    batchValue === null ? [] : [{ path, slot, batchValue }],
  );
  if (blends.length === 0) return () => Promise.resolve([]);
  const outputs = Object.fromEntries(blends.map(({ path, batchValue }) => [path, batchValue]));
  const executable = await session.compile({ outputs, writes: [] }, { name: "population" });
  const rows = shuffledIndices(examples.count, seed, 0);

  return async (breathe) => {
    const sums = blends.map(({ path }) => new Float64Array(executable.output(path).length));
    for (let batch = 0; batch < batches; batch++) {
      const chosen = { rows, start: batch * batchSize, count: batchSize };
      gatherInputs(examples, chosen, executable.input("x") as Float32Array);
      executable.run();
      blends.forEach(({ path }, k) => {
        const values = executable.output(path);
        for (let i = 0; i < values.length; i++) sums[k]![i]! += values[i]!;
      });
      const pause = breathe();
      if (pause !== null) await pause;
    }
    return blends.map(({ path, slot }, k) => ({
      path,
      slot,
      data: Float32Array.from(sums[k]!, (sum) => sum / batches),
    }));
  };
}

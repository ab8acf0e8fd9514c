import { streamKey } from "../../base/random.ts";
import { hashDataset, type Dataset, type Split } from "../../data/index.ts";
import { glorotNormal, linear, normal, sequential, type Module } from "../../nn/index.ts";
import { betweenModules, type Between } from "./normalizers.ts";

/** Layers, numbers in each, examples: all as the paper has them. */
export const DEPTH = 25;
const SIZE = 10;
export const EXAMPLES = 1000;

export interface DeepLinear {
  readonly model: Module;
  /** Paths of the layers' products; layer k is at k − 1. */
  readonly layers: readonly string[];
}

/**
 * A deep linear network: the product of 25 matrices of 10 × 10, without biases, and behind each of
 * them what `between` says.
 *
 * Shape:  x [N, 10] → y [N, 10].
 * Source: Santurkar et al. 2018, arXiv:1805.11604, appendix A.1.
 */
export function deepLinear(between: Between): DeepLinear {
  const modules: Module[] = [];
  const layers = Array.from({ length: DEPTH }, () => {
    const path = String(modules.length);
    modules.push(linear(SIZE, SIZE, { weight: glorotNormal, bias: false }));
    modules.push(...betweenModules(between, SIZE));
    return path;
  });
  return Object.freeze({ model: sequential(...modules), layers: Object.freeze(layers) });
}

/**
 * What it is to learn: x standard normal, y = Ax with A standard normal, 1,000 examples, others for
 * every seed. There is nothing to test on: the split to test is the one to train on.
 */
export async function deepLinearData(seed: number): Promise<Dataset> {
  const draw = (name: string, shape: readonly number[]): Float32Array =>
    normal({ std: 1 })(shape, streamKey(seed, `deep-linear/${name}`));
  const inputs = draw("inputs", [EXAMPLES, SIZE]);
  const matrix = draw("matrix", [SIZE, SIZE]);
  const targets = Float32Array.from({ length: EXAMPLES * SIZE }, (_, at) => {
    const [row, i] = [Math.floor(at / SIZE), at % SIZE];
    let sum = 0;
    for (let j = 0; j < SIZE; j++) sum += matrix[i * SIZE + j]! * inputs[row * SIZE + j]!;
    return sum;
  });
  const train: Split = Object.freeze({
    inputs,
    targets,
    shape: [SIZE],
    targetShape: [SIZE],
    count: EXAMPLES,
  });
  const parts = { train, test: train, classes: null };
  return Object.freeze({ name: "deep-linear", hash: await hashDataset(parts), ...parts });
}

/** The regression problems: n rows of d inputs and a number to predict for each. */
import { streamKey, uniform } from "../../base/random.ts";
import {
  digitsSample,
  hashDataset,
  shuffledIndices,
  type Dataset,
  type Split,
} from "../../data/index.ts";

export type RegressionArm = "gaussian" | "digits";

/** Every number is exact in f32, so that the engine and float64 see the same problem. */
export interface Problem {
  /** Row-major [rows, columns]. */
  readonly inputs: Float64Array;
  /** [rows]. */
  readonly targets: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Rows of a problem, and inputs of a row: 2⁸ masks per row can all be visited. */
export const ROWS = 64;
export const COLUMNS = 8;

/** Images are cut into 3 × 3 blocks of 8 × 8 pixels; a margin of 2 is left out. */
const MARGIN = 2;
const BLOCK = 8;
const SIDE = 28;
/** The block in the middle, which the eight around it predict. */
const MIDDLE = 4;

/**
 * Real digits as a regression: the mean brightness, in [0, 1], of the eight outer blocks of an
 * image predicts that of its middle block.
 *
 * Shape: inputs [count, 8], targets [count, 1]; 400 + 100 digits.
 */
export async function digitBlocks(): Promise<Dataset> {
  const digits = await digitsSample();
  const parts = { train: blocksOf(digits.train), test: blocksOf(digits.test), classes: null };
  return Object.freeze({ name: "digit-blocks", hash: await hashDataset(parts), ...parts });
}

function blocksOf({ inputs, inputScale = 1, count }: Split): Split {
  const brightness = new Float32Array(count * COLUMNS);
  const targets = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    const image = inputs.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE);
    const blocks = Array.from(
      { length: COLUMNS + 1 },
      (_, at) => blockMean(image, at) * inputScale,
    );
    targets[row] = blocks[MIDDLE]!;
    brightness.set(blocks.toSpliced(MIDDLE, 1), row * COLUMNS);
  }
  return Object.freeze({ inputs: brightness, targets, shape: [COLUMNS], targetShape: [1], count });
}

function blockMean(image: ArrayLike<number>, block: number): number {
  const top = MARGIN + BLOCK * Math.floor(block / 3);
  const left = MARGIN + BLOCK * (block % 3);
  let sum = 0;
  for (let row = top; row < top + BLOCK; row++) {
    for (let column = left; column < left + BLOCK; column++) sum += image[row * SIDE + column]!;
  }
  return sum / BLOCK ** 2;
}

/**
 * The problem of an arm and a seed: 64 digits drawn from the data's training split, or random
 * numbers: correlated Gaussian columns whose standard deviations rise from 0.5 to 2, and targets
 * that are a random linear function of them plus standard normal noise.
 */
export function problemOf(arm: RegressionArm, seed: number, data: Pick<Dataset, "train">): Problem {
  return arm === "digits" ? drawDigits(seed, data.train) : drawGaussian(seed);
}

function drawDigits(seed: number, { inputs, targets, count }: Split): Problem {
  const chosen = shuffledIndices(count, seed, 0).subarray(0, ROWS);
  const rows = [...chosen].flatMap((row) => [
    ...inputs.subarray(row * COLUMNS, (row + 1) * COLUMNS),
  ]);
  return {
    inputs: Float64Array.from(rows),
    targets: Float64Array.from(chosen, (row) => targets[row]!),
    rows: ROWS,
    columns: COLUMNS,
  };
}

function drawGaussian(seed: number): Problem {
  const own = gaussians(ROWS * COLUMNS, seed, "own");
  const common = gaussians(ROWS, seed, "common");
  const weights = gaussians(COLUMNS, seed, "weights");
  const noise = gaussians(ROWS, seed, "noise");
  const inputs = own.map((value, at) => {
    const column = at % COLUMNS;
    const deviation = 4 ** (column / (COLUMNS - 1)) / 2;
    return Math.fround(deviation * (0.8 * value + 0.6 * common[Math.floor(at / COLUMNS)]!));
  });
  const targets = noise.map((error, row) => {
    const exact = weights.reduce((sum, weight, j) => sum + weight * inputs[row * COLUMNS + j]!, 0);
    return Math.fround(exact + error);
  });
  return { inputs, targets, rows: ROWS, columns: COLUMNS };
}

/** Independent standard normal numbers, a function of seed and name, by Box and Muller's method. */
export function gaussians(count: number, seed: number, name: string): Float64Array {
  const key = streamKey(seed, `dropout-regression/${name}`);
  return Float64Array.from({ length: count }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform(2 * i, key)));
    return radius * Math.cos(2 * Math.PI * uniform(2 * i + 1, key));
  });
}

/** The problem as the training loop takes it. */
export function splitOf({ inputs, targets, rows, columns }: Problem): Split {
  return {
    inputs: Float32Array.from(inputs),
    targets: Float32Array.from(targets),
    shape: [columns],
    targetShape: [1],
    count: rows,
  };
}

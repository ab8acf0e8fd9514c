/** Data sets made from a seed: for first steps, tests and pictures in the plane. */
import { OptionError } from "../base/errors.ts";
import { uniform, streamKey } from "../base/random.ts";
import type { Dataset, Split } from "./dataset.ts";
import { hashDataset } from "./hash.ts";
import { normals } from "./normals.ts";

export interface GeneratedOptions {
  /** Examples to train with. Default 1000. */
  readonly train?: number;
  /** Examples to test with. Default 1000. */
  readonly test?: number;
  /** Standard deviation of the noise added to each coordinate (or target). */
  readonly noise?: number;
  /** Default 1. */
  readonly seed?: number;
}

export interface BlobOptions extends GeneratedOptions {
  /** One blob per class. Default 3. */
  readonly classes?: number;
  /** Coordinates of an example. Default 2. */
  readonly features?: number;
}

export interface TeacherOptions extends GeneratedOptions {
  /** Coordinates of an example. Default 8. */
  readonly features?: number;
  /** Tanh units of the teacher. Default 16. */
  readonly hidden?: number;
}

/**
 * Two interleaved half circles of radius 1 in the plane, one class each, noise 0.1.
 *
 * Shape:  inputs [count, 2], targets [count].
 * Errors: OptionError if a count is not a positive integer, or noise is negative.
 */
export async function twoMoons(options: GeneratedOptions = {}): Promise<Dataset> {
  const { noise = 0.1, seed = 1 } = checked("twoMoons", options);
  return dataset("two-moons", 2, options, (count, part) => {
    const angleKey = streamKey(seed, `two-moons/${part}/angle`);
    const shifts = normals(2 * count, seed, `two-moons/${part}/noise`);
    const inputs = new Float32Array(2 * count);
    for (let i = 0; i < count; i++) {
      const angle = Math.PI * uniform(i, angleKey);
      const lower = i % 2;
      inputs[2 * i] = (lower ? 1 - Math.cos(angle) : Math.cos(angle)) + noise * shifts[2 * i]!;
      inputs[2 * i + 1] =
        (lower ? 0.5 - Math.sin(angle) : Math.sin(angle)) + noise * shifts[2 * i + 1]!;
    }
    return split(
      inputs,
      Int32Array.from({ length: count }, (_, i) => i % 2),
      2,
      [],
    );
  });
}

/**
 * Normal blobs of standard deviation `noise` (0.5) around centres drawn from N(0, 2²) per coordinate.
 *
 * Shape:  inputs [count, features], targets [count].
 * Errors: OptionError if a count is not a positive integer, or noise is negative.
 */
export async function gaussianBlobs(options: BlobOptions = {}): Promise<Dataset> {
  const { noise = 0.5, seed = 1, classes = 3, features = 2 } = checked("gaussianBlobs", options);
  const centres = normals(classes * features, seed, "gaussian-blobs/centres");
  return dataset("gaussian-blobs", classes, options, (count, part) => {
    const shifts = normals(count * features, seed, `gaussian-blobs/${part}/noise`);
    const inputs = Float32Array.from(shifts, (shift, at) => {
      const row = Math.floor(at / features);
      return 2 * centres[(row % classes) * features + (at % features)]! + noise * shift;
    });
    return split(
      inputs,
      Int32Array.from({ length: count }, (_, i) => i % classes),
      features,
      [],
    );
  });
}

/**
 * Regression onto a fixed random network: y = v · tanh(W x) + noise · ε, x and ε standard normal,
 * W of variance 1 / features, v of variance 1 / hidden; noise 0.
 *
 * Shape:  inputs [count, features], targets [count, 1].
 * Errors: OptionError if a count is not a positive integer, or noise is negative.
 */
export async function teacherRegression(options: TeacherOptions = {}): Promise<Dataset> {
  const { noise = 0, seed = 1, features = 8, hidden = 16 } = checked("teacherRegression", options);
  const weights = normals(hidden * features, seed, "teacher/weights");
  const readout = normals(hidden, seed, "teacher/readout");
  return dataset("teacher-regression", null, options, (count, part) => {
    const inputs = Float32Array.from(normals(count * features, seed, `teacher/${part}/inputs`));
    const errors = normals(count, seed, `teacher/${part}/noise`);
    const targets = Float32Array.from(errors, (error, row) => {
      let output = 0;
      for (let unit = 0; unit < hidden; unit++) {
        let sum = 0;
        for (let j = 0; j < features; j++) {
          sum += weights[unit * features + j]! * inputs[row * features + j]!;
        }
        output += readout[unit]! * Math.tanh(sum / Math.sqrt(features));
      }
      return output / Math.sqrt(hidden) + noise * error;
    });
    return split(inputs, targets, features, [1]);
  });
}

async function dataset(
  name: string,
  classes: number | null,
  { train = 1000, test = 1000 }: GeneratedOptions,
  make: (count: number, part: "train" | "test") => Split,
): Promise<Dataset> {
  const parts = { train: make(train, "train"), test: make(test, "test"), classes };
  return Object.freeze({ name, hash: await hashDataset(parts), ...parts });
}

function split(
  inputs: Float32Array,
  targets: Int32Array | Float32Array,
  features: number,
  targetShape: readonly number[],
): Split {
  return Object.freeze({
    inputs,
    targets,
    shape: [features],
    targetShape,
    count: inputs.length / features,
  });
}

function checked<O extends GeneratedOptions>(who: string, options: O): O {
  for (const [option, value] of Object.entries(options)) {
    if (option === "seed" || value === undefined) continue;
    const fits =
      option === "noise" ? value >= 0 && value < Infinity : Number.isInteger(value) && value >= 1;
    const rule = option === "noise" ? "a finite number of at least 0" : "a positive integer";
    if (!fits) throw new OptionError(`${who}: ${option} must be ${rule}, got ${value}`);
  }
  return options;
}

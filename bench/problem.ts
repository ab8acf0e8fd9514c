import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { streamKey, uniform } from "../src/base/random.ts";
import { sizeOf } from "../src/base/shape.ts";
import { ends, layerTensors, type Workload } from "./workloads/workload.ts";

/** A workload with its numbers: what every engine starts from. */
export interface Problem {
  readonly workload: Workload;
  /** Initial content of each of `layerTensors(workload)`, by name. */
  readonly tensors: ReadonlyMap<string, Float32Array>;
  /** [batch, inputs] */
  readonly x: Float32Array;
  /** [batch] class numbers. */
  readonly labels: Int32Array;
}

const SEED = 1;

/**
 * Deterministic numbers of a workload: Glorot-uniform weights; biases, scales and shifts away from
 * 0 and 1, so that an engine that forgets one is found out; images with four pixels in five black.
 */
export function makeProblem(workload: Workload): Problem {
  const { batch } = workload;
  const { inputs, outputs } = ends(workload);
  const draw = (name: string, size: number, map: (u: number) => number): Float32Array => {
    const key = streamKey(SEED, name);
    return Float32Array.from({ length: size }, (_, index) => map(uniform(index, key)));
  };
  const tensors = layerTensors(workload).map(({ name, shape }): [string, Float32Array] => {
    const bound = Math.sqrt(6 / (shape[0]! + (shape[1] ?? shape[0]!)));
    const spread = name.endsWith(".mean") || name.endsWith(".variance") ? 0 : bound;
    const center = name.endsWith(".scale") || name.endsWith(".variance") ? 1 : 0;
    return [name, draw(name, sizeOf(shape), (u) => center + spread * (2 * u - 1))];
  });
  return {
    workload,
    tensors: new Map(tensors),
    x: draw("x", batch * inputs, (u) => Math.max(0, 5 * u - 4)),
    labels: Int32Array.from({ length: batch }, (_, row) => (row * 7) % outputs),
  };
}

/** Writes a problem where engines in other processes, and other languages, can read it. */
export function saveProblem(problem: Problem, directory: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "workload.json"), JSON.stringify(problem.workload));
  writeFileSync(join(directory, "x.f32"), problem.x);
  writeFileSync(join(directory, "labels.i32"), problem.labels);
  writeFileSync(join(directory, "initial.f32"), joinTensors(problem.workload, problem.tensors));
}

export function loadProblem(directory: string): Problem {
  const workload = JSON.parse(readFileSync(join(directory, "workload.json"), "utf8")) as Workload;
  return {
    workload,
    tensors: splitTensors(workload, readFloats(join(directory, "initial.f32"))),
    x: readFloats(join(directory, "x.f32")),
    labels: new Int32Array(readBytes(join(directory, "labels.i32"))),
  };
}

/** All of a model's tensors end to end, in the order of `layerTensors`. */
export function joinTensors(
  workload: Workload,
  tensors: ReadonlyMap<string, ArrayLike<number>>,
): Float32Array {
  const all = layerTensors(workload);
  const joined = new Float32Array(all.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let offset = 0;
  for (const { name, shape } of all) {
    const data = tensors.get(name);
    if (data?.length !== sizeOf(shape)) {
      throw new Error(`${name}: needs ${sizeOf(shape)} numbers, got ${data?.length ?? "none"}`);
    }
    joined.set(data, offset);
    offset += data.length;
  }
  return joined;
}

/** The inverse of `joinTensors`. */
export function splitTensors(workload: Workload, joined: Float32Array): Map<string, Float32Array> {
  let offset = 0;
  const entries = layerTensors(workload).map(({ name, shape }): [string, Float32Array] => {
    const data = joined.slice(offset, (offset += sizeOf(shape)));
    return [name, data];
  });
  if (offset !== joined.length) {
    throw new Error(`splitTensors: ${workload.name} has ${offset} numbers, got ${joined.length}`);
  }
  return new Map(entries);
}

export function readFloats(file: string): Float32Array {
  return new Float32Array(readBytes(file));
}

/** A copy, because Node's own buffer need not start at a multiple of four. */
function readBytes(file: string): ArrayBuffer {
  return Uint8Array.from(readFileSync(file)).buffer;
}

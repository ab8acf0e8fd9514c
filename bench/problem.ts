import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { streamKey, uniform } from "../src/base/random.ts";
import { sizeOf } from "../src/base/shape.ts";
import { checkMasks } from "./masks.ts";
import {
  ends,
  layerTensors,
  type Network,
  type Operation,
  type Workload,
} from "./workloads/workload.ts";

/** A network with its numbers: what every engine starts from. */
export interface NetworkProblem {
  readonly workload: Network;
  /** Initial content of each of `layerTensors(workload)`, by name. */
  readonly tensors: ReadonlyMap<string, Float32Array>;
  /** [batch, ...inputShape] */
  readonly x: Float32Array;
  /** [batch] class numbers. */
  readonly labels: Int32Array;
}

/** An operation with its operands. */
export interface OperationProblem {
  readonly workload: Operation;
  readonly operands: readonly [Float32Array, Float32Array];
}

export type Problem = NetworkProblem | OperationProblem;

const SEED = 1;

function draw(name: string, size: number, map: (u: number) => number): Float32Array {
  const key = streamKey(SEED, name);
  return Float32Array.from({ length: size }, (_, index) => map(uniform(index, key)));
}

/** Deterministic numbers of a workload. */
export function makeProblem(workload: Network): NetworkProblem;
export function makeProblem(workload: Workload): Problem;
export function makeProblem(workload: Workload): Problem {
  return workload.kind === "network" ? makeNetwork(workload) : makeOperation(workload);
}

/**
 * Glorot-uniform weights; biases, scales and shifts away from 0 and 1, so that an engine that
 * forgets one is found out; images with four pixels in five black.
 */
function makeNetwork(workload: Network): NetworkProblem {
  const { batch } = workload;
  const { inputs, outputs } = ends(workload);
  const tensors = layerTensors(workload).map(({ name, shape }): [string, Float32Array] => {
    const taps = sizeOf(shape.slice(0, -2));
    const [fanIn, fanOut] = [shape.at(-2) ?? shape.at(-1)!, shape.at(-1)!];
    const bound = Math.sqrt(6 / (taps * (fanIn + fanOut)));
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

function makeOperation(workload: Operation): OperationProblem {
  const [first, second] = workload.operands.map(({ name, shape }) =>
    draw(name, sizeOf(shape), (u) => 2 * u - 1),
  );
  return { workload, operands: [first!, second!] };
}

/** Is it a training step? Else it is an operation. */
export function isNetwork(problem: Problem): problem is NetworkProblem {
  return problem.workload.kind === "network";
}

/** Writes a problem where engines in other processes, and other languages, can read it. */
export function saveProblem(problem: Problem, directory: string): void {
  mkdirSync(directory, { recursive: true });
  const write = (name: string, data: string | Uint8Array | Float32Array | Int32Array): void =>
    writeFileSync(join(directory, name), data);
  write("workload.json", JSON.stringify(problem.workload));
  if (!isNetwork(problem)) {
    problem.operands.forEach((data, index) => write(`operand-${index}.f32`, data));
    return;
  }
  write("x.f32", problem.x);
  write("labels.i32", problem.labels);
  write("initial.f32", joinTensors(problem.workload, problem.tensors));
  write("masks.u8", Buffer.concat(checkMasks(problem.workload)));
}

export function loadProblem(directory: string): Problem {
  const workload = JSON.parse(readFileSync(join(directory, "workload.json"), "utf8")) as Workload;
  const floats = (name: string): Float32Array => readFloats(join(directory, name));
  if (workload.kind === "operation") {
    return { workload, operands: [floats("operand-0.f32"), floats("operand-1.f32")] };
  }
  return {
    workload,
    tensors: splitTensors(workload, floats("initial.f32")),
    x: floats("x.f32"),
    labels: new Int32Array(readBytes(join(directory, "labels.i32"))),
  };
}

/** All of a model's tensors end to end, in the order of `layerTensors`. */
export function joinTensors(
  workload: Network,
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
export function splitTensors(workload: Network, joined: Float32Array): Map<string, Float32Array> {
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

import type { Shape } from "../src/base/shape.ts";
import { dropoutMask } from "./masks.ts";
import type { NetworkProblem } from "./problem.ts";
import { convolve, inputGradient, weightGradient, type Geometry } from "./reference-convolution.ts";
import { ends, shapesOf, type Layer, type Network } from "./workloads/workload.ts";

/** What an engine has to show before it is timed. */
export interface Outcome {
  /** Mean loss of the batch before each update. */
  readonly losses: readonly number[];
  /** Every layer tensor after the last update. */
  readonly tensors: ReadonlyMap<string, ArrayLike<number>>;
}

/** A layer on its way through one step: its output, and how to go back. */
interface Tape {
  readonly output: Float64Array;
  /** From d loss / d output to d loss / d input; moves the layer's own tensors on the way. */
  backward(grad: Float64Array): Float64Array;
}

type Tensors = ReadonlyMap<string, Float64Array>;

/**
 * The training steps in float64, by loops written from the formulas: the judge of every engine,
 * ours included. It shares no code with the library's graph, gradients or layers.
 */
export function referenceSteps({ workload, tensors, x, labels }: NetworkProblem): Outcome {
  const shapes = shapesOf(workload);
  const state: Tensors = new Map(
    [...tensors].map(([name, data]) => [name, Float64Array.from(data)]),
  );
  const losses: number[] = [];
  for (let step = 0; step < workload.checkSteps; step++) {
    let values: Float64Array = Float64Array.from(x);
    const tapes = workload.layers.map((layer, index) => {
      const own = (name: string): Float64Array => state.get(`${index}.${name}`)!;
      const tape = forward(layer, values, {
        own,
        workload,
        shape: shapes[index]!,
        mask: () => dropoutMask(workload, index, step),
      });
      values = tape.output;
      return tape;
    });
    const { loss, grad } = crossEntropy(values, labels, ends(workload).outputs);
    losses.push(loss);
    tapes.reduceRight((back, tape) => tape.backward(back), grad);
  }
  return { losses, tensors: state };
}

interface Place {
  /** The layer's own tensors. */
  readonly own: (name: string) => Float64Array;
  readonly workload: Network;
  /** Of one example of the layer's input. */
  readonly shape: Shape;
  readonly mask: () => Uint8Array;
}

function forward(layer: Layer, x: Float64Array, { own, workload, shape, mask }: Place): Tape {
  switch (layer.kind) {
    case "linear":
      return linear(x, own("weight"), own("bias"), layer, workload);
    case "conv2d":
      return conv2d(x, own("weight"), own("bias"), {
        geometry: { ...layer, batch: workload.batch, height: shape[0]!, width: shape[1]! },
        learningRate: workload.learningRate,
      });
    case "maxPool2d":
      return maxPool2d(x, shape, layer.size);
    case "flatten":
      return { output: x, backward: (grad) => grad };
    case "dropout": {
      const kept = mask();
      const drop = (values: Float64Array): Float64Array =>
        values.map((value, i) => (kept[i] === 1 ? value / (1 - layer.rate) : 0));
      return { output: drop(x), backward: drop };
    }
    case "batchNorm":
      return batchNorm(x, own, layer.channels, workload);
    case "sigmoid": {
      const output = x.map((value) => 1 / (1 + Math.exp(-value)));
      return { output, backward: (grad) => grad.map((g, i) => g * output[i]! * (1 - output[i]!)) };
    }
    case "relu": {
      const output = x.map((value) => Math.max(0, value));
      return { output, backward: (grad) => grad.map((g, i) => (x[i]! > 0 ? g : 0)) };
    }
  }
}

function linear(
  x: Float64Array,
  weight: Float64Array,
  bias: Float64Array,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
  { batch, learningRate }: Network,
): Tape {
  const output = new Float64Array(batch * outputs);
  for (let n = 0; n < batch; n++) {
    for (let j = 0; j < outputs; j++) output[n * outputs + j] = bias[j]!;
    for (let i = 0; i < inputs; i++) {
      const value = x[n * inputs + i]!;
      for (let j = 0; j < outputs; j++) {
        output[n * outputs + j]! += value * weight[i * outputs + j]!;
      }
    }
  }
  function backward(grad: Float64Array): Float64Array {
    const gradX = new Float64Array(batch * inputs);
    const before = weight.slice();
    for (let n = 0; n < batch; n++) {
      for (let j = 0; j < outputs; j++) bias[j]! -= learningRate * grad[n * outputs + j]!;
      for (let i = 0; i < inputs; i++) {
        const value = x[n * inputs + i]!;
        let sum = 0;
        for (let j = 0; j < outputs; j++) {
          const g = grad[n * outputs + j]!;
          sum += g * before[i * outputs + j]!;
          weight[i * outputs + j]! -= learningRate * g * value;
        }
        gradX[n * inputs + i] = sum;
      }
    }
    return gradX;
  }
  return { output, backward };
}

function conv2d(
  x: Float64Array,
  weight: Float64Array,
  bias: Float64Array,
  { geometry, learningRate }: { readonly geometry: Geometry; readonly learningRate: number },
): Tape {
  const { outputs } = geometry;
  const output = convolve(x, weight, geometry);
  for (let i = 0; i < output.length; i++) output[i]! += bias[i % outputs]!;
  function backward(grad: Float64Array): Float64Array {
    const gradX = inputGradient(grad, weight, geometry);
    weightGradient(x, grad, geometry).forEach((g, i) => (weight[i]! -= learningRate * g));
    grad.forEach((g, i) => (bias[i % outputs]! -= learningRate * g));
    return gradX;
  }
  return { output, backward };
}

/** Of equal values in a window, the first in reading order counts as the largest. */
function maxPool2d(x: Float64Array, shape: Shape, size: number): Tape {
  const [height, width, channels] = shape as [number, number, number];
  const [rows, columns] = [height / size, width / size];
  const output = new Float64Array(x.length / size ** 2);
  const source = new Int32Array(output.length);
  for (let to = 0; to < output.length; to++) {
    const pixel = Math.floor(to / channels);
    const example = Math.floor(pixel / (rows * columns));
    const top = (Math.floor(pixel / columns) % rows) * size;
    const left = (pixel % columns) * size;
    let best = -1;
    for (let cell = 0; cell < size * size; cell++) {
      const row = example * height + top + Math.floor(cell / size);
      const from = (row * width + left + (cell % size)) * channels + (to % channels);
      if (best < 0 || x[from]! > x[best]!) best = from;
    }
    output[to] = x[best]!;
    source[to] = best;
  }
  function backward(grad: Float64Array): Float64Array {
    const gradX = new Float64Array(x.length);
    grad.forEach((g, to) => (gradX[source[to]!]! += g));
    return gradX;
  }
  return { output, backward };
}

function batchNorm(
  x: Float64Array,
  own: (name: string) => Float64Array,
  channels: number,
  { eps, decay, learningRate }: Network,
): Tape {
  const batch = x.length / channels;
  const [scale, shift] = [own("scale"), own("shift")];
  const output = new Float64Array(x.length);
  const gradX = new Float64Array(x.length);
  const column = (data: Float64Array, c: number): number[] =>
    Array.from({ length: batch }, (_, n) => data[n * channels + c]!);
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / batch;
  const standard: { values: number[]; r: number }[] = [];
  for (let c = 0; c < channels; c++) {
    const center = mean(column(x, c));
    const deviations = column(x, c).map((value) => value - center);
    const variance = mean(deviations.map((d) => d * d));
    const r = 1 / Math.sqrt(variance + eps);
    const values = deviations.map((d) => d * r);
    values.forEach((value, n) => (output[n * channels + c] = value * scale[c]! + shift[c]!));
    standard.push({ values, r });
    const unbiased = (variance * batch) / (batch - 1);
    own("mean")[c] = decay * own("mean")[c]! + (1 - decay) * center;
    own("variance")[c] = decay * own("variance")[c]! + (1 - decay) * unbiased;
  }
  function backward(grad: Float64Array): Float64Array {
    standard.forEach(({ values, r }, c) => {
      const g = column(grad, c);
      const along = g.map((value, n) => value * values[n]!);
      const [meanG, meanAlong] = [mean(g), mean(along)];
      g.forEach((value, n) => {
        gradX[n * channels + c] = scale[c]! * r * (value - meanG - values[n]! * meanAlong);
      });
      scale[c]! -= learningRate * batch * meanAlong;
      shift[c]! -= learningRate * batch * meanG;
    });
    return gradX;
  }
  return { output, backward };
}

function crossEntropy(
  logits: Float64Array,
  labels: Int32Array,
  classes: number,
): { loss: number; grad: Float64Array } {
  const grad = new Float64Array(logits.length);
  let loss = 0;
  labels.forEach((label, n) => {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    const top = Math.max(...row);
    const logSum = top + Math.log(row.reduce((sum, value) => sum + Math.exp(value - top), 0));
    loss += (logSum - row[label]!) / labels.length;
    row.forEach((value, j) => {
      const target = j === label ? 1 : 0;
      grad[n * classes + j] = (Math.exp(value - logSum) - target) / labels.length;
    });
  });
  return { loss, grad };
}

import { sizeOf, type Shape } from "../../src/base/shape.ts";

/** One layer, as plain data that every engine can be told over a pipe. */
export type Layer =
  | { readonly kind: "linear"; readonly inputs: number; readonly outputs: number }
  /** Over [H, W, inputs], stride 1, zeros around it so that height and width stay. */
  | {
      readonly kind: "conv2d";
      readonly inputs: number;
      readonly outputs: number;
      /** Odd. */
      readonly kernel: number;
    }
  | { readonly kind: "batchNorm"; readonly channels: number }
  /** Drops with probability `rate` in training, scales what is left by 1 / (1 - rate). */
  | { readonly kind: "dropout"; readonly rate: number }
  /** Windows of `size` by `size` that do not overlap. */
  | { readonly kind: "maxPool2d"; readonly size: number }
  | { readonly kind: "flatten" }
  | { readonly kind: "sigmoid" }
  | { readonly kind: "relu" };

interface Named {
  /** The name `--only` takes. */
  readonly name: string;
  /** One line for the table's readers. */
  readonly title: string;
  /** The workload this one adds layers to: timed in the same rounds, so that their cost is told. */
  readonly baseline?: string;
}

/**
 * A full training step that every engine is asked to do: forward, mean cross-entropy over the
 * batch, backward, plain SGD update, running statistics. An engine that does not know one of the
 * layers says so and is left out of the table.
 */
export interface Network extends Named {
  readonly kind: "network";
  readonly batch: number;
  /** Of one example: [inputs] or [height, width, channels]. */
  readonly inputShape: Shape;
  readonly layers: readonly Layer[];
  readonly learningRate: number;
  /** Added to the variance by batchNorm. */
  readonly eps: number;
  /** Share of a running statistic kept per step. */
  readonly decay: number;
  /** Steps an engine must get right before it is timed; fewer where the float64 judge is slow. */
  readonly checkSteps: number;
  readonly tolerance: Tolerance;
}

/** How far an f32 engine may be from float64 in the check. */
interface Tolerance {
  /** Of a loss, as a share of it or of 1: room for an engine whose exp and log are polynomials. */
  readonly loss: number;
  /** Of a tensor's whole movement, as a share of its length (both as Euclidean norms) ... */
  readonly movement: number;
  /** ... plus the rounding of storing and summing it, in units of 2^-24 of its size per step. */
  readonly ulps: number;
}

/** One product alone. Operands and results are f32, dense, channels last. */
export interface Operation extends Named {
  readonly kind: "operation";
  readonly op: "matmul" | "conv-forward" | "conv-input-gradient" | "conv-weight-gradient";
  readonly operands: readonly [Operand, Operand];
  readonly result: Shape;
  /** Side of a convolution's kernel; stride 1, `kernel >> 1` zeros around. 1 for matmul. */
  readonly kernel: number;
  readonly flops: number;
}

export interface Operand {
  /** `x` [N, H, W, C], `w` [K, K, C, F], `dy` [N, H, W, F]; `a` and `b` of a matrix product. */
  readonly name: "a" | "b" | "x" | "w" | "dy";
  readonly shape: Shape;
}

export type Workload = Network | Operation;

/** A tensor of a layer: learned by the update, or a statistic the layer maintains. */
export interface LayerTensor {
  /** `3.weight`: the layer's index and the tensor's own name. */
  readonly name: string;
  readonly shape: Shape;
  readonly learned: boolean;
}

/** All that a network's layers own, in the models' order. Weights are [..., inputs, outputs]. */
export function layerTensors({ layers }: Pick<Network, "layers">): LayerTensor[] {
  return layers.flatMap((layer, index): LayerTensor[] => {
    const own = (name: string, shape: Shape, learned = true): LayerTensor => ({
      name: `${index}.${name}`,
      shape,
      learned,
    });
    switch (layer.kind) {
      case "linear":
        return [own("weight", [layer.inputs, layer.outputs]), own("bias", [layer.outputs])];
      case "conv2d": {
        const { kernel, inputs, outputs } = layer;
        return [own("weight", [kernel, kernel, inputs, outputs]), own("bias", [outputs])];
      }
      case "batchNorm": {
        const shape = [layer.channels];
        return [
          own("scale", shape),
          own("shift", shape),
          own("mean", shape, false),
          own("variance", shape, false),
        ];
      }
      default:
        return [];
    }
  });
}

/** Shapes of one example: before each layer, and after the last. */
export function shapesOf({ layers, inputShape }: Pick<Network, "layers" | "inputShape">): Shape[] {
  const shapes: Shape[] = [inputShape];
  for (const layer of layers) shapes.push(after(layer, shapes[shapes.length - 1]!));
  return shapes;
}

function after(layer: Layer, shape: Shape): Shape {
  switch (layer.kind) {
    case "linear":
      return [layer.outputs];
    case "conv2d":
      return [shape[0]!, shape[1]!, layer.outputs];
    case "maxPool2d":
      return [shape[0]! / layer.size, shape[1]! / layer.size, shape[2]!];
    case "flatten":
      return [sizeOf(shape)];
    default:
      return shape;
  }
}

/** Numbers per example at the input and at the output of the whole network. */
export function ends(network: Pick<Network, "layers" | "inputShape">): {
  inputs: number;
  outputs: number;
} {
  return { inputs: sizeOf(network.inputShape), outputs: sizeOf(shapesOf(network).at(-1)!) };
}

/**
 * Useful floating-point operations of one step: those of the products alone. Forward 2MNK and
 * weight gradient 2MNK per weighted layer, input gradient 2MNK for all but the first. Products
 * with the zeros around an image count, as they do in everyone's tables.
 */
export function usefulFlops(workload: Workload): number {
  if (workload.kind === "operation") return workload.flops;
  const { layers, batch } = workload;
  const shapes = shapesOf(workload);
  const products = layers.flatMap((layer, index) => {
    if (layer.kind === "linear") return [2 * batch * layer.inputs * layer.outputs];
    if (layer.kind !== "conv2d") return [];
    const [height, width] = shapes[index]!;
    return [2 * batch * height! * width! * layer.kernel ** 2 * layer.inputs * layer.outputs];
  });
  const all = products.reduce((sum, product) => sum + product, 0);
  return 3 * all - (products[0] ?? 0);
}

import type { Shape } from "../../src/base/shape.ts";

/** One layer, as plain data that every engine can be told over a pipe. */
export type Layer =
  | { readonly kind: "linear"; readonly inputs: number; readonly outputs: number }
  | { readonly kind: "batchNorm"; readonly channels: number }
  | { readonly kind: "sigmoid" }
  | { readonly kind: "relu" };

/**
 * A full training step that every engine is asked to do: forward, mean cross-entropy over the
 * batch, backward, plain SGD update, running statistics. An engine that does not know one of the
 * layers says so and is left out of the table.
 */
export interface Workload {
  /** The name `--only` takes. */
  readonly name: string;
  /** One line for the table's readers. */
  readonly title: string;
  /** The workload this one adds layers to: timed in the same rounds, so that their cost is told. */
  readonly baseline?: string;
  readonly batch: number;
  readonly layers: readonly Layer[];
  readonly learningRate: number;
  /** Added to the variance by batchNorm. */
  readonly eps: number;
  /** Share of a running statistic kept per step. */
  readonly decay: number;
}

/** A tensor of a layer: learned by the update, or a statistic the layer maintains. */
export interface LayerTensor {
  /** `3.weight`: the layer's index and the tensor's own name. */
  readonly name: string;
  readonly shape: Shape;
  readonly learned: boolean;
}

/** Everything a workload's layers own, in the models' order. Weights are [inputs, outputs]. */
export function layerTensors({ layers }: Pick<Workload, "layers">): LayerTensor[] {
  return layers.flatMap((layer, index): LayerTensor[] => {
    const own = (name: string, shape: Shape, learned = true): LayerTensor => ({
      name: `${index}.${name}`,
      shape,
      learned,
    });
    switch (layer.kind) {
      case "linear":
        return [own("weight", [layer.inputs, layer.outputs]), own("bias", [layer.outputs])];
      case "batchNorm": {
        const shape = [layer.channels];
        return [
          own("scale", shape),
          own("shift", shape),
          own("mean", shape, false),
          own("variance", shape, false),
        ];
      }
      case "sigmoid":
      case "relu":
        return [];
    }
  });
}

/** Width of the input and of the output of the whole network. */
export function ends({ layers }: Pick<Workload, "layers">): { inputs: number; outputs: number } {
  const linears = layers.filter((layer) => layer.kind === "linear");
  return { inputs: linears[0]!.inputs, outputs: linears[linears.length - 1]!.outputs };
}

/**
 * Useful floating-point operations of one step: those of the matrix products alone.
 * Forward 2MNK and weight gradient 2MNK per linear layer, input gradient 2MNK for all but the first.
 */
export function usefulFlops({ layers, batch }: Pick<Workload, "layers" | "batch">): number {
  const products = layers.flatMap((layer) =>
    layer.kind === "linear" ? [2 * batch * layer.inputs * layer.outputs] : [],
  );
  const all = products.reduce((sum, product) => sum + product, 0);
  return 3 * all - (products[0] ?? 0);
}

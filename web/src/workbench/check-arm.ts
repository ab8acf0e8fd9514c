/** What can be said of an arm before it is trained: shapes, size, errors, and likely mistakes. */
import { buildLayers, LayerError } from "../engine/build-model.ts";
import { namesOf, printCall } from "../engine/call.ts";
import type { ArmSpec } from "../engine/index.ts";
import { adam, adamW, inspect, type Mistake, type Optimizer, sgd } from "evenkeel/train";
import { memberTree, sequential } from "evenkeel/nn";
import type { DataShape } from "./data-catalogue.ts";

export interface ArmReport {
  /** Of each layer, as far as the layers before it fit. */
  readonly outputs: readonly (readonly number[])[];
  /** Each layer as a program would write it. */
  readonly calls: readonly string[];
  /** What of `evenkeel/nn` the calls need. */
  readonly names: readonly string[];
  readonly parameters: number;
  /** The first layer that does not fit; null if all do. */
  readonly error: { readonly layer: number; readonly message: string } | null;
  /** By the layer they speak of. */
  readonly mistakes: readonly (Mistake & { readonly layer: number })[];
}

export async function checkArm(
  { layers, optimizer }: ArmSpec,
  shape: DataShape,
  batchSize: number,
): Promise<ArmReport> {
  try {
    const built = buildLayers(layers, shape);
    const model = sequential(...built.map(({ module }) => module));
    const sizes = memberTree(model).members.map(({ member }) =>
      member.kind === "parameter" ? member.shape.reduce((size, n) => size * n, 1) : 0,
    );
    const last = built.at(-1)?.output ?? shape.inputShape;
    const found = await inspect(model, {
      inputShape: shape.inputShape,
      batchSize,
      optimizer: optimizerFor(optimizer),
    });
    return {
      outputs: built.map(({ output }) => output),
      calls: built.map(({ call }) => printCall(call)),
      names: built.flatMap(({ call }) => namesOf(call)),
      parameters: sizes.reduce((sum, size) => sum + size, 0),
      error: endError(last, shape.outputs, layers.length - 1),
      mistakes: found.map((mistake) => ({ ...mistake, layer: Number.parseInt(mistake.path, 10) })),
    };
  } catch (error) {
    const layer = error instanceof LayerError ? error.index : Math.max(0, layers.length - 1);
    const message = error instanceof Error ? error.message : String(error);
    const fitting = layers.slice(0, layer);
    const before = error instanceof LayerError ? buildLayers(fitting, shape) : [];
    return {
      outputs: before.map(({ output }) => output),
      calls: before.map(({ call }) => printCall(call)),
      names: before.flatMap(({ call }) => namesOf(call)),
      parameters: 0,
      error: { layer, message },
      mistakes: [],
    };
  }
}

function endError(last: readonly number[], outputs: number, layer: number): ArmReport["error"] {
  if (last.length === 1 && last[0] === outputs) return null;
  const got = `[${last.join(", ")}]`;
  return {
    layer,
    message: `the network must end with ${outputs} numbers for each example, got ${got}; end with flatten and linear(out=classes)`,
  };
}

/** Enough of the optimizer for `inspect`: what its weight decay acts on. */
function optimizerFor({ kind, learningRate, weightDecay = 0 }: ArmSpec["optimizer"]): Optimizer {
  const options = { learningRate, weightDecay };
  if (kind === "adam") return adam(options);
  return kind === "adamW" ? adamW(options) : sgd(options);
}

import { input } from "evenkeel/graph";
import { memberTree, type Module, sequential, trace } from "evenkeel/nn";
import { type Call, evaluateCall } from "./call.ts";
import { layerCatalogue, layerKind } from "./layer-catalogue.ts";
import { readOptions } from "./layer-options.ts";
import type { LayerSpec } from "./protocol.ts";

/** What a network is to work on. */
export interface ModelSite {
  /** Of one example. */
  readonly inputShape: readonly number[];
  /** The width of the last layer: classes, or numbers to regress to. */
  readonly outputs: number;
}

export interface BuiltLayer {
  readonly call: Call;
  readonly module: Module;
  /** Of one example. */
  readonly input: readonly number[];
  readonly output: readonly number[];
}

/** A layer that could not be made; `index` says which. */
export class LayerError extends Error {
  override readonly name = "LayerError";
  readonly index: number;
  constructor(index: number, message: string) {
    super(message);
    this.index = index;
  }
}

/**
 * Makes each layer for what the layers before it give.
 *
 * Errors: LayerError with the first layer that is unknown, refuses its options, or does not fit.
 */
export function buildLayers(
  layers: readonly LayerSpec[],
  { inputShape, outputs }: ModelSite,
): readonly BuiltLayer[] {
  const built: BuiltLayer[] = [];
  let shape = inputShape;
  layers.forEach((spec, index) => {
    try {
      const layer = buildLayer(spec, shape, outputs);
      built.push(layer);
      shape = layer.output;
    } catch (error) {
      throw new LayerError(index, error instanceof Error ? error.message : String(error));
    }
  });
  return built;
}

function buildLayer(spec: LayerSpec, shape: readonly number[], outputs: number): BuiltLayer {
  const kind = layerKind(spec.kind);
  if (kind === undefined) {
    const known = Object.keys(layerCatalogue).join(", ");
    throw new Error(`layer: kind must be one of ${known}, got ${JSON.stringify(spec.kind)}`);
  }
  const made = kind.call(readOptions(spec, kind.options), shape, outputs);
  const module = evaluateCall(made) as Module;
  const x = input("x", [2, ...shape]);
  const { output } = trace(module, x, { phase: "eval", tree: memberTree(module) });
  return { call: made, module, input: shape, output: output.shape.slice(1) };
}

/** The network that a list of layers describes. Errors: as `buildLayers`. */
export function buildModel(layers: readonly LayerSpec[], site: ModelSite): Module {
  return sequential(...buildLayers(layers, site).map(({ module }) => module));
}

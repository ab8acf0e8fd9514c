import type { Value } from "../graph/value.ts";
import type { Module, Pass } from "./module.ts";

/** Layers under their positions, so that `model[0].weight` is typed and paths read `0.weight`. */
export type Sequential<Layers extends readonly Module[] = readonly Module[]> = Module &
  Readonly<Omit<Layers, keyof (readonly unknown[])>> & { readonly length: Layers["length"] };

/** Applies layers one after the other: y = lₙ(… l₂(l₁(x))). */
export function sequential<const Layers extends readonly Module[]>(
  ...layers: Layers
): Sequential<Layers> {
  const apply = (x: Value, pass: Pass): Value =>
    layers.reduce((value, layer) => pass.apply(layer, value), x);
  const { length } = layers;
  const module = Object.assign(
    { label: "sequential", length, apply },
    Object.fromEntries(layers.entries()),
  );
  return Object.freeze(module) as unknown as Sequential<Layers>;
}

/** The layers of a module made by `sequential`; null for any other. */
export function layersOf(module: Module): readonly Module[] | null {
  if (module.label !== "sequential" || !("length" in module)) return null;
  const layers = module as unknown as Readonly<Record<number, Module>> & {
    readonly length: number;
  };
  return Array.from(layers);
}

import type * as Plot from "@observablehq/plot";

export type PlotLibrary = typeof Plot;

let loading: Promise<PlotLibrary> | null = null;

/** The charts' library, loaded with the first chart. */
export function plotLibrary(): Promise<PlotLibrary> {
  loading ??= import("@observablehq/plot");
  return loading;
}

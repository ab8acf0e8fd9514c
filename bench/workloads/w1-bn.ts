import type { Layer, Network } from "./workload.ts";
import { w1 } from "./w1.ts";

/** `w1` with BatchNorm before each sigmoid, running statistics included. */
export const w1BatchNorm: Network = {
  ...w1,
  name: "w1-bn",
  title: `${w1.title}, BatchNorm before each sigmoid`,
  baseline: w1.name,
  layers: w1.layers.flatMap((layer): Layer[] =>
    layer.kind === "linear" && layer.outputs === 100
      ? [layer, { kind: "batchNorm", channels: 100 }]
      : [layer],
  ),
};

import type { Layer, Network } from "./workload.ts";
import { vggS } from "./vgg-s.ts";

/** `vgg-s` with BatchNorm between each convolution and its ReLU. */
export const vggSBatchNorm: Network = {
  ...vggS,
  name: "vgg-s-bn",
  title: `${vggS.title}, BatchNorm before each ReLU`,
  baseline: vggS.name,
  layers: vggS.layers.flatMap((layer): Layer[] =>
    layer.kind === "conv2d" ? [layer, { kind: "batchNorm", channels: layer.outputs }] : [layer],
  ),
};

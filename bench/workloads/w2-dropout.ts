import type { Layer, Network } from "./workload.ts";
import { w2 } from "./w2.ts";

/** `w2` with dropout after each hidden ReLU; each step draws new masks. */
export const w2Dropout: Network = {
  ...w2,
  name: "w2-dropout",
  title: `${w2.title}, dropout 0.5 after each ReLU`,
  baseline: w2.name,
  layers: w2.layers.flatMap((layer): Layer[] =>
    layer.kind === "relu" ? [layer, { kind: "dropout", rate: 0.5 }] : [layer],
  ),
};

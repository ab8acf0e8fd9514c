/** Beginnings worth playing with; the first is what the room opens with. */
import type { ArmSpec, LayerSpec, OptimizerSpec } from "../engine/index.ts";
import type { Plan } from "./plan.ts";

export interface Preset {
  readonly id: string;
  readonly title: string;
  readonly plan: Plan;
}

const out: LayerSpec = { kind: "linear", out: "classes" };

/** Hidden dense layers, each followed by the same few others. */
function dense(sizes: readonly number[], after: readonly LayerSpec[]): readonly LayerSpec[] {
  // A BatchNorm's shift takes the place of the bias before it.
  const bias = after[0]?.kind === "batchNorm" ? { bias: false } : {};
  const layer = (size: number): LayerSpec => ({ kind: "linear", out: size, ...bias });
  return [...sizes.flatMap((size): LayerSpec[] => [layer(size), ...after]), out];
}

const norm: LayerSpec = { kind: "batchNorm" };
const relu: LayerSpec = { kind: "relu" };
const sgd = (learningRate: number): OptimizerSpec => ({ kind: "sgd", learningRate });

const common: Omit<Plan, "arms"> = {
  data: { name: "digits-sample" },
  batchSize: 40,
  steps: 300,
  seed: 1,
  seeds: 1,
  watch: "layers",
  changes: [],
};

function arms(
  ...list: readonly [name: string, layers: readonly LayerSpec[], optimizer: OptimizerSpec][]
): readonly ArmSpec[] {
  return list.map(([name, layers, optimizer]) => ({ name, layers, optimizer }));
}

function convolutional(after: readonly LayerSpec[]): readonly LayerSpec[] {
  const block = (channels: number): LayerSpec[] => [
    { kind: "conv2d", out: channels, ...(after[0]?.kind === "batchNorm" && { bias: false }) },
    ...after,
    relu,
    { kind: "maxPool2d", window: 2 },
  ];
  return [...block(8), ...block(16), { kind: "flatten" }, out];
}

export const presets: readonly [Preset, ...Preset[]] = [
  {
    id: "batchnorm",
    title: "BatchNorm, with and without",
    plan: {
      ...common,
      arms: arms(
        ["plain", dense([100, 100, 100], [{ kind: "sigmoid" }]), sgd(0.5)],
        ["BatchNorm", dense([100, 100, 100], [norm, { kind: "sigmoid" }]), sgd(0.5)],
      ),
    },
  },
  {
    id: "learning-rate",
    title: "A learning rate that kills",
    plan: {
      ...common,
      arms: arms(
        ["plain, small rate", dense([100, 100], [relu]), sgd(0.1)],
        ["plain, large rate", dense([100, 100], [relu]), sgd(3)],
        ["BatchNorm, large rate", dense([100, 100], [norm, relu]), sgd(3)],
      ),
    },
  },
  {
    id: "dropout",
    title: "Dropout against overfitting",
    plan: {
      ...common,
      steps: 600,
      seeds: 3,
      arms: arms(
        ["no dropout", dense([256, 256], [relu]), sgd(0.1)],
        ["dropout 0.5", dense([256, 256], [relu, { kind: "dropout", rate: 0.5 }]), sgd(0.1)],
      ),
    },
  },
  {
    id: "normalizers",
    title: "Normalizers side by side",
    plan: {
      ...common,
      arms: arms(
        ["BatchNorm", dense([100, 100], [norm, relu]), sgd(0.3)],
        ["LayerNorm", dense([100, 100], [{ kind: "layerNorm" }, relu]), sgd(0.3)],
        ["RMSNorm", dense([100, 100], [{ kind: "rmsNorm" }, relu]), sgd(0.3)],
        ["GroupNorm", dense([100, 100], [{ kind: "groupNorm", groups: 4 }, relu]), sgd(0.3)],
      ),
    },
  },
  {
    id: "plane",
    title: "Two moons, with a map",
    plan: {
      ...common,
      data: { name: "two-moons", train: 200, test: 400, noise: 0.25 },
      batchSize: 20,
      steps: 2000,
      arms: arms(
        ["no dropout", dense([64, 64], [relu]), sgd(0.3)],
        ["dropout 0.3", dense([64, 64], [relu, { kind: "dropout", rate: 0.3 }]), sgd(0.3)],
      ),
    },
  },
  {
    id: "convolution",
    title: "A small convolutional network",
    plan: {
      ...common,
      steps: 200,
      arms: arms(
        ["plain", convolutional([]), sgd(0.1)],
        ["BatchNorm", convolutional([norm]), sgd(0.1)],
      ),
    },
  },
];

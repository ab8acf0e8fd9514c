import type { Arm } from "../../experiments/index.ts";
import { depths, kinds, type Depth, type Kind } from "./model.ts";

export type DeepArm = `${Kind}-${Depth}`;

export interface DeepSetting {
  readonly kind: Kind;
  readonly depth: Depth;
}

export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  snn: "SELU",
  "snn-dropout": "SELU + alpha dropout",
  bn: "ReLU + BN",
};

const ABOUT: Readonly<Record<Kind, string>> = {
  snn: "SELU, LeCun’s normal first weights, biases 0",
  "snn-dropout": "the same with alpha dropout of 5 % after every hidden layer",
  bn: "ReLU, then batch normalization, He’s normal first weights, biases 0",
};

export function armId({ kind, depth }: DeepSetting): DeepArm {
  return `${kind}-${depth}`;
}

export const settings: readonly DeepSetting[] = depths.flatMap((depth) =>
  kinds.map((kind) => ({ kind, depth })),
);

export function settingOf(arm: DeepArm): DeepSetting {
  return settings.find((setting) => armId(setting) === arm)!;
}

export const deepArms: readonly Arm<DeepArm>[] = settings.map(({ kind, depth }) => ({
  id: armId({ kind, depth }),
  label: `${KIND_NAMES[kind]}, ${depth} layers`,
  short: `${KIND_NAMES[kind]}, ${depth}`,
  description: `${depth} hidden layers: ${ABOUT[kind]}.`,
}));

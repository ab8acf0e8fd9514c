import type { Arm } from "../../experiments/index.ts";
import { nets, techniques, type Net, type Technique } from "./model.ts";

export type NormalizerArm = `${Net}-${Technique}`;

const NET = { mlp: "dense net", conv: "convolutional net" } as const;

const ABOUT: Readonly<Record<Technique, readonly [short: string, description: string]>> = {
  none: ["none", "no normalization, ReLU, He’s first weights"],
  batch: ["batch", "batch normalization: one mean and variance per unit or channel of the batch"],
  layer: ["layer", "layer normalization: one mean and variance per example, over all of a layer"],
  group: [
    "group",
    "group normalization: per example, over ten groups of 10 units, or groups of 4 channels",
  ],
  instance: ["instance", "instance normalization: per example and channel, over the places"],
  rms: ["RMS", "RMS normalization: divides by the root mean square over the units or channels"],
  weight: [
    "weight",
    "weight normalization of all layers, gains and biases first set from 500 training examples",
  ],
  elu: ["ELU", "no normalization, ELU in place of ReLU"],
  selu: ["SELU", "no normalization, SELU in place of ReLU, LeCun’s first weights"],
};

export interface NormalizerSetting {
  readonly net: Net;
  readonly technique: Technique;
}

export function armId({ net, technique }: NormalizerSetting): NormalizerArm {
  return `${net}-${technique}`;
}

/** Every technique in every net, but for instance normalization, which needs places. */
export const settings: readonly NormalizerSetting[] = nets.flatMap((net) =>
  techniques
    .filter((technique) => net === "conv" || technique !== "instance")
    .map((technique) => ({ net, technique })),
);

export function settingOf(arm: NormalizerArm): NormalizerSetting {
  return settings.find((setting) => armId(setting) === arm)!;
}

/** `weight`, as tables and line ends say it. */
export function shortName(technique: Technique): string {
  return ABOUT[technique][0];
}

export const normalizerArms: readonly Arm<NormalizerArm>[] = settings.map((setting) => {
  const [short, description] = ABOUT[setting.technique];
  return {
    id: armId(setting),
    label: `${NET[setting.net]}, ${short}`,
    short,
    description: `The ${NET[setting.net]} with ${description}.`,
  };
});

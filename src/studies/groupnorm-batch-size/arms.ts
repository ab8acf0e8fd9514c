import type { Arm } from "../../experiments/index.ts";
import { batchSizes, norms, type BatchSize, type Norm } from "./model.ts";

export type BatchArm = `${Norm}-${BatchSize}`;

export interface BatchSetting {
  readonly norm: Norm;
  readonly batchSize: BatchSize;
}

export const NORM_NAMES: Readonly<Record<Norm, string>> = {
  bn: "batch normalization",
  gn: "group normalization",
};

export function armId({ norm, batchSize }: BatchSetting): BatchArm {
  return `${norm}-${batchSize}`;
}

export const settings: readonly BatchSetting[] = norms.flatMap((norm) =>
  batchSizes.map((batchSize) => ({ norm, batchSize })),
);

export function settingOf(arm: BatchArm): BatchSetting {
  return settings.find((setting) => armId(setting) === arm)!;
}

export const batchArms: readonly Arm<BatchArm>[] = settings.map((setting) => {
  const { norm, batchSize } = setting;
  return {
    id: armId(setting),
    label: `${NORM_NAMES[norm]}, batches of ${batchSize}`,
    short: `${norm.toUpperCase()} ${batchSize}`,
    description: `${NORM_NAMES[norm]} before each ReLU, ${batchSize} images per step, learning rate ${rateOf(batchSize)}.`,
  };
});

/** The paper's rule: 0.1 for 32 images, in proportion for more or fewer. */
export function rateOf(batchSize: BatchSize): number {
  return (0.1 * batchSize) / 32;
}

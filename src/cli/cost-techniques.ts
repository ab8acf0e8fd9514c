/** What `evenkeel cost` adds to a model, and where. */
import { batchNorm } from "../nn/batch-norm.ts";
import { dropout } from "../nn/dropout.ts";
import { groupNorm } from "../nn/group-norm.ts";
import { layerNorm, rmsNorm } from "../nn/layer-norm.ts";
import type { Module } from "../nn/module.ts";

export interface Technique {
  /** Normalizers stand between a layer and its activation, dropout after the activation. */
  readonly place: "before-activation" | "after-activation";
  /** For that many channels. */
  readonly make: (channels: number) => Module;
}

const MOST_GROUPS = 32;

/** Up to 32 groups, as Wu & He 2018 use, of at least two channels. */
function groupsOf(channels: number): number {
  for (let groups = Math.min(MOST_GROUPS, channels >> 1); groups > 1; groups--) {
    if (channels % groups === 0) return groups;
  }
  return 1;
}

export const techniqueNames = [
  "batchNorm",
  "layerNorm",
  "rmsNorm",
  "groupNorm",
  "dropout",
] as const;

export type TechniqueName = (typeof techniqueNames)[number];

export const techniques: Readonly<Record<TechniqueName, Technique>> = {
  batchNorm: { place: "before-activation", make: (channels) => batchNorm(channels) },
  layerNorm: { place: "before-activation", make: (channels) => layerNorm(channels) },
  rmsNorm: { place: "before-activation", make: (channels) => rmsNorm(channels) },
  groupNorm: {
    place: "before-activation",
    make: (channels) => groupNorm(groupsOf(channels), channels),
  },
  dropout: { place: "after-activation", make: () => dropout({ rate: 0.5 }) },
};

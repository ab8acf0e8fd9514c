import type { Module } from "../../nn/index.ts";
import { denseNetwork } from "../dropout-parts/dense-network.ts";

/** `n`: the same units at every keep probability; `pn`: the same expected number of kept units. */
export type Family = "n" | "pn";

/** Percent of hidden units kept, as in the paper's figure. */
export const PERCENTS = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100] as const;

type Percent = (typeof PERCENTS)[number];
export type RateArm = `${Family}-${Percent}`;

export interface RateChoice {
  readonly id: RateArm;
  readonly family: Family;
  readonly keep: number;
}

export const FAMILIES: readonly Family[] = ["n", "pn"];

/** Both families at every keep probability. */
export const choices: readonly RateChoice[] = FAMILIES.flatMap((family) =>
  PERCENTS.map((percent) => ({ id: `${family}-${percent}` as const, family, keep: percent / 100 })),
);

export function choiceOf(arm: RateArm): RateChoice {
  return choices.find(({ id }) => id === arm)!;
}

/**
 * One rate for all arms, so that nothing but dropout differs: that of dropout without max-norm in
 * the study dropout-mnist, at which the network without dropout comes close to its best too.
 */
export const RATE = 0.06;

export interface RateSizes {
  readonly layers: number;
  /** Units per hidden layer of family `n`. */
  readonly width: number;
  /** Kept units per hidden layer, in expectation, of family `pn`. */
  readonly kept: number;
}

/** 784 → hidden layers of ReLU with dropout, none on the inputs → 10 logits. */
export function rateNetwork({ family, keep }: RateChoice, sizes: RateSizes): Module {
  const { layers, width, kept } = sizes;
  const units = family === "n" ? width : Math.round(kept / keep);
  return denseNetwork({
    inputs: 784,
    hidden: new Array<number>(layers).fill(units),
    classes: 10,
    unit: "relu",
    hiddenNoise: { kind: "bernoulli", keep },
  });
}

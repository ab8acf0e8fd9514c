/** What the experiment and its page share. */
export const shiftArms = ["plain", "bn", "noisy"] as const;
export type ShiftArm = (typeof shiftArms)[number];

/** The probes' names. */
export const INPUTS = "activation-input";
export const SHIFT = "covariate-shift";

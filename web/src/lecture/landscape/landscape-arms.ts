/** What the experiment and its page share. */
import type { Normalization } from "evenkeel/studies";

export const landscapeArms: readonly Normalization[] = ["plain", "bn"];
/** The probe's name. */
export const LANDSCAPE = "landscape";
/** The steps along the gradient, in learning rates: the paper's range. */
export const reach: readonly number[] = [0.5, 1, 2, 4];

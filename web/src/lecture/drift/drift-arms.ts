/** Names that the experiment and its page share, apart from both: the page carries no engine. */
import type { BatchNormArm } from "evenkeel/studies";

export const driftArms: readonly BatchNormArm[] = ["plain", "bn"];
export const SIGMOID_INPUT = "sigmoid-input";

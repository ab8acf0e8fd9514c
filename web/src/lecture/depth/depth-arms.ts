/** What the experiment and its page share. */
export const depthArms = ["selu", "selu-he", "relu", "tanh"] as const;
export type DepthArm = (typeof depthArms)[number];

export const noises = ["none", "dropout", "alpha-dropout"] as const;
export type DepthNoise = (typeof noises)[number];

/** Probability to drop. */
export const RATE = 0.1;
export const LAYERS = 32;
export const WIDTH = 128;

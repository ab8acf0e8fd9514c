/** Everything for training: layers, losses, optimizers, the loop, and data sets. */
export * from "./data/index.ts";
export * from "./nn/index.ts";
export * from "./train/index.ts";

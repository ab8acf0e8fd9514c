import type { NormalizerId } from "./normalize-block.ts";

/** What the chapter says of each. */
export const normalizers: readonly {
  readonly id: NormalizerId;
  readonly name: string;
  readonly about: string;
}[] = [
  {
    id: "batch",
    name: "Batch",
    about:
      "One mean and variance per channel, over all examples and positions. The only one that mixes examples: at test time it needs statistics kept from training.",
  },
  {
    id: "layer",
    name: "Layer",
    about:
      "One per example, over all its channels and positions. The same at training and at test, for a batch of any size.",
  },
  {
    id: "instance",
    name: "Instance",
    about:
      "One per example and channel, over the positions. Takes away each picture’s own contrast.",
  },
  {
    id: "group",
    name: "Group",
    about:
      "One per example and group of neighbouring channels. One group is layer normalization, as many groups as channels instance normalization.",
  },
  {
    id: "rms",
    name: "Root mean square",
    about: "As layer normalization, but no mean is taken away: values are divided by √mean(x²).",
  },
  {
    id: "weight",
    name: "Weight",
    about:
      "Looks at no value at all: each channel’s weight vector v is replaced by g · v / ‖v‖. Nothing is shared, nothing is kept for test time.",
  },
];

import { digitsSample, type Dataset, type Split } from "evenkeel/data";

/** Brighter than half of 255 is 1, as in the study of the paper's figure 1. */
const HIGHEST_DARK = 127;

/** The digits sample as the MNIST experiment of Ioffe & Szegedy wants it: every pixel 0 or 1. */
export async function binaryDigits(): Promise<Pick<Dataset, "train" | "test">> {
  const { train, test } = await digitsSample();
  return { train: binary(train), test: binary(test) };
}

function binary(split: Split): Split {
  const inputs = Uint8Array.from(split.inputs, (level) => (level > HIGHEST_DARK ? 1 : 0));
  return { ...split, inputs, inputScale: 1 };
}

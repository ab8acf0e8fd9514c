/** Data sets in the shared folder, by content hash: sent once, read by every worker that needs them. */
import { DataError } from "../../base/errors.ts";
import { hashDataset, type Dataset, type Split } from "../../data/index.ts";
import type { RunFolder, RunStore } from "../../experiments/index.ts";
import { shareDataset } from "../share-dataset.ts";

type Part = "train" | "test";

interface SplitDescription extends Pick<Split, "shape" | "targetShape" | "inputScale" | "count"> {
  readonly bytes: boolean;
  readonly classes: boolean;
}

interface Description extends Readonly<Record<Part, SplitDescription>> {
  readonly name: string;
  readonly classes: number | null;
}

/** Puts a data set where `readDataset` finds it; the description comes last, once all else is there. */
export async function writeDataset(store: RunStore, data: Dataset): Promise<void> {
  const folder = await store.open(`data-${data.hash}`);
  if ((await folder.readText("data.json")) !== null) return;
  const { name, classes, train, test } = data;
  for (const [part, split] of Object.entries({ train, test })) {
    await folder.writeBytes(`${part}-inputs.bin`, bytesOf(split.inputs));
    await folder.writeBytes(`${part}-targets.bin`, bytesOf(split.targets));
  }
  const description: Description = { name, classes, train: describe(train), test: describe(test) };
  await folder.writeText("data.json", `${JSON.stringify(description)}\n`);
}

function describe({
  shape,
  targetShape = [],
  inputScale = 1,
  count,
  inputs,
  targets,
}: Split): SplitDescription {
  const [bytes, classes] = [inputs instanceof Uint8Array, targets instanceof Int32Array];
  return { shape, targetShape, inputScale, count, bytes, classes };
}

function bytesOf({
  buffer,
  byteOffset,
  byteLength,
}: Uint8Array | Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * The data set of that hash, in shared memory.
 *
 * Errors: DataError if it is not there, or its bytes are not those of the hash.
 */
export async function readDataset(store: RunStore, hash: string): Promise<Dataset> {
  const folder = await store.open(`data-${hash}`);
  const text = await folder.readText("data.json");
  if (text === null) {
    throw new DataError(
      `${folder.location}: must hold the data of the run, got nothing; do worker and comparison share one folder?`,
    );
  }
  const { name, classes, train, test } = JSON.parse(text) as Description;
  const parts = {
    train: await readSplit(folder, "train", train),
    test: await readSplit(folder, "test", test),
    classes,
  };
  const found = await hashDataset(parts);
  if (found === hash) return shareDataset({ name, hash, ...parts });
  throw new DataError(`${folder.location}: must hold data of hash ${hash}, got ${found}`);
}

async function readSplit(
  folder: RunFolder,
  part: Part,
  description: SplitDescription,
): Promise<Split> {
  const { bytes, classes, ...rest } = description;
  const read = async (file: string): Promise<ArrayBuffer> => {
    const found = await folder.readBytes(`${part}-${file}.bin`);
    if (found !== null) return new Uint8Array(found).buffer;
    throw new DataError(`${folder.location}: must hold ${part}-${file}.bin, got no such file`);
  };
  const [inputs, targets] = [await read("inputs"), await read("targets")];
  return {
    ...rest,
    inputs: bytes ? new Uint8Array(inputs) : new Float32Array(inputs),
    targets: classes ? new Int32Array(targets) : new Float32Array(targets),
  };
}

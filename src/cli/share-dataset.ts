import type { Dataset, Split } from "../data/dataset.ts";

/** The same data set in shared memory, so that every thread reads one copy. */
export function shareDataset(data: Dataset): Dataset {
  return { ...data, train: shareSplit(data.train), test: shareSplit(data.test) };
}

function shareSplit(split: Split): Split {
  const { inputs, targets } = split;
  return {
    ...split,
    inputs:
      inputs instanceof Uint8Array
        ? new Uint8Array(shared(inputs))
        : new Float32Array(shared(inputs)),
    targets:
      targets instanceof Int32Array
        ? new Int32Array(shared(targets))
        : new Float32Array(shared(targets)),
    ...(split.weights && { weights: new Float32Array(shared(split.weights)) }),
  };
}

function shared(elements: Float32Array | Int32Array | Uint8Array): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(elements.byteLength);
  new Uint8Array(memory).set(
    new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength),
  );
  return memory;
}

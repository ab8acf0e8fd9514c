/** Content hashes: SHA-256 through WebCrypto, in Node and browsers alike. */
import type { Dataset, Split } from "./dataset.ts";

/** SHA-256 of `bytes`, 64 hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", unshared(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The hash of a data set: of everything a network sees in it (elements, shapes, scale, classes)
 * and of nothing else. Two data sets with one hash train alike, whatever they are called.
 */
export async function hashDataset(
  data: Pick<Dataset, "train" | "test" | "classes">,
): Promise<string> {
  const train = await describeSplit(data.train);
  const test = await describeSplit(data.test);
  const text = JSON.stringify({ train, test, classes: data.classes });
  return sha256(new TextEncoder().encode(text));
}

async function describeSplit(split: Split): Promise<object> {
  const { shape, targetShape = [], inputScale = 1, count } = split;
  return {
    count,
    shape,
    targetShape,
    inputScale,
    inputs: await hashElements(split.inputs),
    targets: await hashElements(split.targets),
    ...(split.weights && { weights: await hashElements(split.weights) }),
  };
}

async function hashElements(elements: Float32Array | Int32Array | Uint8Array): Promise<string> {
  const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  return `${elements.constructor.name}:${await sha256(bytes)}`;
}

/** WebCrypto refuses shared memory, so such bytes are copied first. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes);
}

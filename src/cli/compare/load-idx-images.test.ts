import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DataError } from "../../base/errors.ts";
import { idxFolder, loadIdxImages } from "./load-idx-images.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "evenkeel-test-"));
});
afterAll(async () => rm(root, { recursive: true }));

/** An IDX file of bytes. */
function idx(dims: readonly number[], elements: readonly number[]): Uint8Array {
  const header = [0, 0, 8, dims.length, ...dims.flatMap((size) => [0, 0, 0, size])];
  return Uint8Array.from([...header, ...elements]);
}

async function folder(name: string, files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const path = join(root, name);
  await mkdir(path);
  for (const [file, bytes] of Object.entries(files)) await writeFile(join(path, file), bytes);
  return path;
}

const train = {
  "train-images-idx3-ubyte": idx([2, 1, 2], [0, 51, 102, 255]),
  "train-labels.idx1-ubyte": idx([2], [1, 0]),
};
const whole = {
  ...train,
  "t10k-images-idx3-ubyte.gz": gzipSync(idx([1, 1, 2], [7, 8])),
  "t10k-labels-idx1-ubyte": idx([1], [1]),
};

test("reads a folder of four files, packed or under their older names", async () => {
  const path = await folder("letters", whole);
  expect(await idxFolder(path, true)).toBe(path);
  expect(await idxFolder(join(path, "train-images-idx3-ubyte"), false)).toBe(path);
  const { name, classes, train: first, test: second } = await loadIdxImages(path);
  expect([name, classes]).toEqual(["letters", 2]);
  expect(first.shape).toEqual([1, 2, 1]);
  expect([...first.inputs]).toEqual([0, 51, 102, 255]);
  expect([...first.targets]).toEqual([1, 0]);
  expect([...second.inputs]).toEqual([7, 8]);
});

test("takes no other folder or file for one of them", async () => {
  const path = await folder("others", { "rows.csv": new Uint8Array(0) });
  expect(await idxFolder(path, true)).toBeNull();
  expect(await idxFolder(join(path, "rows.csv"), false)).toBeNull();
});

test.each<[string, Readonly<Record<string, Uint8Array>>, string]>([
  ["absent", train, "must hold t10k-images-idx3-ubyte, also as .gz, got no such file"],
  [
    "torn",
    { ...whole, "t10k-images-idx3-ubyte.gz": new Uint8Array([0x1f, 0x8b, 8]) },
    "t10k-images-idx3-ubyte.gz: must be a whole gzip file, got",
  ],
])("names a file that is %s", async (name, files, message) => {
  const path = await folder(name, files);
  await expect(loadIdxImages(path)).rejects.toThrow(DataError);
  await expect(loadIdxImages(path)).rejects.toThrow(message);
});

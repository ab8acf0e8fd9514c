/** The native host in Node: its cache against damage and company, and what it says where there is none. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BackendError } from "../src/base/errors.ts";
import type { NativeHost, NativeLibrary } from "../src/run/native-host.ts";
import { selectBackend } from "../src/run/select.ts";
import { openNativeHost } from "../src/cli/native-host.ts";
import { nativeHost } from "./native-host.ts";

const present = nativeHost !== null;

const source = (factor: number): string =>
  `__attribute__((visibility("default"))) void run(float **base) { base[0][0] *= ${factor}.0f; }\n`;

let cache = "";
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "evenkeel-native-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true, force: true });
});

async function openHost(folder = cache): Promise<NativeHost> {
  const found = await openNativeHost({ ...process.env, EVENKEEL_CACHE: folder });
  if ("host" in found) return found.host;
  throw new Error(found.reason);
}

/** What the library makes of 3. */
function apply(host: NativeHost, library: NativeLibrary): number {
  const x = Float32Array.of(3);
  library.entry("run")(BigUint64Array.of(host.addressOf(x.buffer)));
  return x[0]!;
}

/** The folder of the only library that was not there before. */
async function newFolder(before: readonly string[]): Promise<string> {
  const names = await readdir(join(cache, "native"));
  const fresh = names.filter((name) => !before.includes(name));
  expect(fresh).toHaveLength(1);
  return join(cache, "native", fresh[0]!);
}

const listed = (): Promise<string[]> => readdir(join(cache, "native"));

describe.skipIf(!present)("the cache of compiled libraries", () => {
  test("is asked first", async () => {
    const host = await openHost();
    const first = await host.compile(source(5));
    const second = await host.compile(source(5));
    expect([first.cached, second.cached]).toEqual([false, true]);
    expect([apply(host, first), apply(host, second)]).toEqual([15, 15]);
    expect((await host.compile(source(6))).cached).toBe(false);
  });

  test("is made anew where a library was damaged", async () => {
    const host = await openHost();
    const before = await listed();
    await host.compile(source(7));
    const library = join(await newFolder(before), "step.so");
    const bytes = await readFile(library);
    await rm(library);
    await writeFile(library, bytes.subarray(0, bytes.length / 2));
    const again = await host.compile(source(7));
    expect(again.cached).toBe(false);
    expect(apply(host, again)).toBe(21);
    expect((await host.compile(source(7))).cached).toBe(true);
  });

  test("is made anew where a library is whole but does not load", async () => {
    const host = await openHost();
    const before = await listed();
    await host.compile(source(8));
    // Elsewhere, because a library that is loaded stays loaded under its name; and under a hash
    // that fits, as if one for another processor had been kept.
    const elsewhere = join(cache, "elsewhere");
    const folder = join(elsewhere, "native", basename(await newFolder(before)));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "step.so"), "no library");
    const digest = createHash("sha256").update("no library").digest("hex");
    await writeFile(join(folder, "step.sha256"), digest);
    const other = await openHost(elsewhere);
    const again = await other.compile(source(8));
    expect(again.cached).toBe(false);
    expect(apply(other, again)).toBe(24);
    expect((await readFile(join(folder, "step.so"))).length).toBeGreaterThan(1000);
  });

  test("bears several who make the same at once", async () => {
    const host = await openHost();
    const before = await listed();
    const made = await Promise.all(Array.from({ length: 5 }, () => host.compile(source(9))));
    expect(made.map((library) => apply(host, library))).toEqual([27, 27, 27, 27, 27]);
    expect((await readdir(await newFolder(before))).toSorted()).toEqual([
      "step.c",
      "step.sha256",
      "step.so",
    ]);
  });

  test("keeps nothing of what does not compile, and says the compiler's first error", async () => {
    const host = await openHost();
    const before = await listed();
    await expect(host.compile("void run(void) { nothing; }\n")).rejects.toThrow(
      /^step\.c:1:\d+: error: .*nothing/,
    );
    expect(await listed()).toEqual(before);
  });
});

describe("where there is no host", () => {
  test("without a compiler nothing is broken", async () => {
    expect(await openNativeHost({ PATH: cache, EVENKEEL_CACHE: cache })).toEqual({
      reason: "needs a C compiler, got no cc, gcc, clang on the PATH",
      broken: false,
    });
  });

  test.each([
    ["is not there", "/nowhere/cc", "needs a C compiler, got no /nowhere/cc on the PATH"],
    ["does not work", `${process.execPath} -e process.exit(3)`, /^.*node -e process\.exit\(3\): /],
    ["compiles nothing", `${process.execPath} -e 0`, /./],
  ])("a compiler of CC that %s is told of", async (_, command, reason) => {
    const found = await openNativeHost({ ...process.env, CC: command, EVENKEEL_CACHE: cache });
    expect(found).toEqual({ reason: expect.stringMatching(reason) as string, broken: true });
  });

  test.skipIf(!present)("a cache that cannot be written is told of", async () => {
    await writeFile(join(cache, "file"), "");
    const found = await openNativeHost({ ...process.env, EVENKEEL_CACHE: join(cache, "file") });
    expect(found).toEqual({ reason: expect.stringContaining("ENOTDIR") as string, broken: true });
  });

  test("auto falls back to wasm and says why; native refuses", async () => {
    vi.stubEnv("CC", "/nowhere/cc");
    const backend = await selectBackend("auto");
    expect(backend.name).toBe("wasm");
    expect(backend.note).toBe(
      "native is not used: needs a C compiler, got no /nowhere/cc on the PATH",
    );
    const refusal = selectBackend("native");
    await expect(refusal).rejects.toThrow(BackendError);
    await expect(refusal).rejects.toThrow("native: needs a C compiler, got no /nowhere/cc");
  });

  test.skipIf(!present)("auto is native where it works, without a note", async () => {
    const backend = await selectBackend("auto");
    expect([backend.name, backend.note]).toEqual(["native", undefined]);
  });
});

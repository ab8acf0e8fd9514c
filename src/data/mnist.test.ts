import { afterEach, describe, expect, test, vi } from "vitest";
import { DataError, OptionError } from "../base/errors.ts";
import { catalog } from "./catalog.ts";
import { fetchFrom } from "./file-source.ts";
import { mnist } from "./mnist.ts";

afterEach(() => vi.unstubAllGlobals());

/** Files of MNIST's sizes with valid headers and zeros for content. */
async function zeros(file: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(catalog.mnist.files[file]!.bytes);
  const images = file.includes("images");
  const count = file.startsWith("train") ? 60_000 : 10_000;
  const view = new DataView(bytes.buffer);
  view.setUint32(0, images ? 0x803 : 0x801);
  view.setUint32(4, count);
  if (images) view.setUint32(8, 28);
  if (images) view.setUint32(12, 28);
  return bytes;
}

describe("mnist", () => {
  test("refuses files that are not MNIST's, by their checksum", async () => {
    await expect(mnist({ source: zeros })).rejects.toThrow(
      /^t(rain|10k)-(images|labels)-idx\d-ubyte: expected the bytes of mnist, SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}$/,
    );
  });

  test("says where a file was cut off", async () => {
    const cut = mnist({ source: async (file) => (await zeros(file)).subarray(0, 1000) });
    await expect(cut).rejects.toThrow(
      /^t(rain|10k)-\w+-idx\d-ubyte: at offset 1000, expected the end of the file at \d+ \(sizes \d+( x 28 x 28)?\), found it at 1000$/,
    );
  });

  test("asks for the files below the base", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (address: string) => {
      asked.push(address);
      return new Response(Uint8Array.of(1, 2));
    });
    expect(await fetchFrom("/data/mnist")("x")).toEqual(Uint8Array.of(1, 2));
    expect(await fetchFrom(new URL("https://example.org/m/"))("y")).toEqual(Uint8Array.of(1, 2));
    expect(asked).toEqual(["/data/mnist/x", "https://example.org/m/y"]);
  });

  test.each([
    ["is not there", async () => new Response("", { status: 404 }), "status 404"],
    [
      "cannot be reached",
      async () => Promise.reject(new TypeError("fetch failed")),
      "TypeError: fetch failed",
    ],
  ])("says when a file %s", async (_, answer, found) => {
    vi.stubGlobal("fetch", answer);
    await expect(fetchFrom("data/mnist/")("x")).rejects.toThrow(
      new DataError(`x: could not be fetched, got ${found} (data/mnist/x)`),
    );
  });

  test("takes a source or a base, not both", async () => {
    await expect(mnist({ source: zeros, base: "data/" })).rejects.toThrow(
      new OptionError("mnist: takes either source or base, got both (base data/)"),
    );
  });
});

import { describe, expect, test } from "vitest";
import { DataError, OptionError } from "../base/errors.ts";
import { clothesSet, type ClothesOptions } from "./clothes.ts";
import type { Dataset } from "./dataset.ts";
import { fashionMnist, fashionMnistClasses, type FashionMnistOptions } from "./fashion-mnist.ts";

/** An image that says which one it is: of class `label`, number `index`. */
function image(label: number, index: number): number[] {
  return Array.from({ length: 784 }, (_, i) => (i === 0 ? label : i === 1 ? index : i % 256));
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

const perClass = 7;
const classFiles: Readonly<Record<string, number[][]>> = Object.fromEntries(
  [0, 1, 2].map((label) => [
    `${label}.json`,
    Array.from({ length: perClass }, (_, index) => image(label, index)),
  ]),
);

async function tiny(
  changes: Readonly<Record<string, unknown>> = {},
  options: Partial<ClothesOptions> = {},
): Promise<Dataset> {
  return clothesSet({
    name: "tiny",
    source: async (file) => json(changes[file] ?? { data: classFiles[file]! }),
    classes: 3,
    counts: { train: 5, test: 2 },
    ...options,
  });
}

/** Which images a part holds, as class/index, in its order; the label must be the image's own. */
function members({ inputs, targets, count }: Dataset["train"]): string[] {
  return Array.from({ length: count }, (_, i) => {
    expect(targets[i]).toBe(inputs[i * 784]);
    return `${targets[i]}/${inputs[i * 784 + 1]}`;
  });
}

describe("clothesSet", () => {
  test("splits every class alike, and each image goes to one part with its label", async () => {
    const { train, test: held, classes, name } = await tiny();
    expect({ name, classes }).toEqual({ name: "tiny", classes: 3 });
    expect(train).toMatchObject({ count: 15, shape: [784], inputScale: 1 / 255 });
    expect(held.count).toBe(6);
    const perPart = (split: Dataset["train"]): number[] =>
      [0, 1, 2].map((label) => split.targets.filter((each) => each === label).length);
    expect(perPart(train)).toEqual([5, 5, 5]);
    expect(perPart(held)).toEqual([2, 2, 2]);
    const all = [...members(train), ...members(held)];
    expect(new Set(all).size).toBe(3 * perClass);
    expect(train.inputs.slice(2, 784)).toEqual(Uint8Array.from(image(0, 0).slice(2)));
  });

  // The split is part of what the data set is: another one must not pass under the same name.
  test("makes the same split everywhere, the classes mixed", async () => {
    const [first, second] = await Promise.all([tiny(), tiny()]);
    expect(second.hash).toBe(first.hash);
    expect(members(first.test)).toMatchInlineSnapshot(`
      [
        "0/5",
        "1/6",
        "1/4",
        "2/0",
        "2/3",
        "0/2",
      ]
    `);
    expect(members(first.train)).toMatchInlineSnapshot(`
      [
        "0/0",
        "0/4",
        "0/1",
        "0/6",
        "1/0",
        "1/5",
        "1/1",
        "1/2",
        "2/1",
        "2/2",
        "0/3",
        "2/5",
        "1/3",
        "2/4",
        "2/6",
      ]
    `);
  });

  test("skips the empty lists between images", async () => {
    const data = classFiles["0.json"]!;
    const gaps = { data: [...data.slice(0, 3), [], ...data.slice(3), []] };
    expect((await tiny({ "0.json": gaps })).hash).toBe((await tiny()).hash);
  });

  test("never tests on an image that is there twice, in its class or in another", async () => {
    const twice = { data: classFiles["0.json"]!.map((_, i) => image(0, Math.floor(i / 2) * 2)) };
    // Images 0, 2 and 4 are there twice; 6 once.
    const held = (await tiny({ "0.json": twice }, { counts: { train: 6, test: 1 } })).test;
    expect(members(held)).toContain("0/6");
    const borrowed = [image(1, 0), ...classFiles["0.json"]!.slice(1)];
    const all = { train: 1, test: 6 };
    const made = await tiny({ "0.json": { data: borrowed } }, { counts: all });
    const owners = Array.from({ length: 18 }, (_, i) =>
      made.test.inputs.slice(i * 784, i * 784 + 2).join("/"),
    );
    expect(owners).not.toContain("1/0");
    await expect(tiny({ "0.json": twice })).rejects.toThrow(
      new DataError("0.json: must hold 2 images that occur once in the set, got 1"),
    );
  });

  test.each<[string, unknown, string]>([
    ["no object", 1, "1.json: data must be a list of images, got 1"],
    ["nothing of that name", {}, "1.json: data must be a list of images, got nothing"],
    ["no list", { data: "x" }, "1.json: data must be a list of images, got a string"],
    ["too few images", { data: [image(1, 0)] }, "1.json: must hold 7 images, got 1"],
    [
      "a short image",
      { data: [[1, 2], ...classFiles["1.json"]!.slice(1)] },
      "1.json: image 0 must be a list of 784 pixels, got a list of 2",
    ],
    [
      "a level out of range",
      { data: [...classFiles["1.json"]!.slice(1), image(1, 0).with(9, 256)] },
      "1.json: image 6 must have whole levels in [0, 256), got 256 at pixel 9",
    ],
    [
      "a level that is no number",
      { data: [...classFiles["1.json"]!.slice(1), [null, ...image(1, 0).slice(1)]] },
      "1.json: image 6 must have whole levels in [0, 256), got null at pixel 0",
    ],
  ])("refuses %s", async (_, content, message) => {
    await expect(tiny({ "1.json": content })).rejects.toThrow(new DataError(message));
  });
});

describe("fashionMnist", () => {
  test("refuses files of another edition, or of none", async () => {
    const source = async (): Promise<Uint8Array> => json({ data: [] });
    await expect(fashionMnist({ source })).rejects.toThrow(
      new DataError("0.json: expected the 16261761 bytes of fashion-mnist, found 11 bytes"),
    );
    await expect(fashionMnist({ source, edition: "official" })).rejects.toThrow(
      /^t(rain|10k)-\w+-idx\d-ubyte: at offset 0, expected 00 00, as every IDX file begins, found 7b 22$/,
    );
  });

  test("refuses options it does not know before it asks for a file", async () => {
    const source = async (): Promise<Uint8Array> => Promise.reject(new Error("asked"));
    const other = { source, edition: "zalando" } as unknown as FashionMnistOptions;
    await expect(fashionMnist(other)).rejects.toThrow(
      new OptionError('fashionMnist: edition must be "package" or "official", got zalando'),
    );
    for (const edition of ["package", "official"] as const) {
      await expect(fashionMnist({ source, edition, shape: [28] })).rejects.toThrow(
        /^fashion-mnist(-official)?: shape must hold 28 x 28 = 784 pixels, got \[28\]$/,
      );
    }
  });

  test("names its ten classes", () => {
    expect(fashionMnistClasses).toHaveLength(10);
    expect(fashionMnistClasses[9]).toBe("Ankle boot");
  });
});

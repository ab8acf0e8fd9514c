import { describe, expect, test } from "vitest";
import { streamKey, uniform } from "../base/random.ts";
import { augmentBatch, type AugmentedBatch } from "./augmentation.ts";
import { cropAndFlip } from "./crop-and-flip.ts";

const SHAPE = [3, 4, 2];
const SIZE = 24;
const numbers = (count: number): Float32Array =>
  Float32Array.from({ length: count * SIZE }, (_, i) => i + 1);

/** The draw that leads to a crop `offset` of 2 · pad + 1 places. */
const toDraw = (offset: number, pad: number): number => (offset + pad + 0.5) / (2 * pad + 1);

interface Change {
  readonly down: number;
  readonly right: number;
  readonly mirrored: boolean;
}

/** Pad, cut, mirror, one after the other, on nested arrays. */
function slow(image: Float32Array, { down, right, mirrored }: Change, pad: number): number[] {
  const at = (y: number, x: number): number[] => {
    const inside = y >= 0 && y < 3 && x >= 0 && x < 4;
    return [0, 1].map((c) => (inside ? image[(y * 4 + x) * 2 + c]! : [7, 8][c]!));
  };
  const padded = Array.from({ length: 3 + 2 * pad }, (_, y) =>
    Array.from({ length: 4 + 2 * pad }, (_unused, x) => at(y - pad, x - pad)),
  );
  const crop = padded
    .slice(pad + down, pad + down + 3)
    .map((row) => row.slice(pad + right, pad + right + 4));
  return (mirrored ? crop.map((row) => row.toReversed()) : crop).flat(2);
}

describe("cropAndFlip", () => {
  test("every place and both sides, against padding, cutting and mirroring one by one", () => {
    const pad = 2;
    const augmentation = cropAndFlip({ pad, fill: [7, 8] });
    const places = [-2, -1, 0, 1, 2];
    const changes = places.flatMap((down) =>
      places.flatMap((right) => [true, false].map((mirrored) => ({ down, right, mirrored }))),
    );
    const inputs = numbers(changes.length);
    const before = inputs.slice();
    const draws = changes.map(({ down, right, mirrored }) => [
      toDraw(down, pad),
      toDraw(right, pad),
      mirrored ? 0.49 : 0.5,
    ]);
    const draw: AugmentedBatch["draw"] = (example, index) => draws[example]![index]!;
    augmentation.apply({ inputs, shape: SHAPE, count: changes.length, draw });
    changes.forEach((change, i) => {
      const part = (all: Float32Array): Float32Array => all.slice(i * SIZE, (i + 1) * SIZE);
      expect([...part(inputs)]).toEqual(slow(part(before), change, pad));
    });
  });

  test("the ends of the draws stay inside; without flip nothing is mirrored", () => {
    const ends = (value: number): Float32Array => {
      const inputs = numbers(1);
      const augmentation = cropAndFlip({ pad: 1, flip: false, fill: [7, 8] });
      augmentation.apply({ inputs, shape: SHAPE, count: 1, draw: () => value });
      return inputs;
    };
    const [first, last] = [0, 1 - 2 ** -24].map(ends);
    expect([...first!]).toEqual(slow(numbers(1), { down: -1, right: -1, mirrored: false }, 1));
    expect([...last!]).toEqual(slow(numbers(1), { down: 1, right: 1, mirrored: false }, 1));
  });

  test("places are uniform, half of the images are mirrored, independently", () => {
    const pad = 1;
    const seen = new Map<string, number>();
    const augmentation = cropAndFlip({ pad });
    const shape = [3, 3, 1];
    // One bright pixel in the middle, a dimmer one to its right: they show where the image went.
    for (let step = 0; step < 90; step++) {
      const inputs = new Float32Array(100 * 9);
      for (let i = 0; i < 100; i++) inputs.set([0, 0, 0, 0, 2, 1, 0, 0, 0], i * 9);
      augmentBatch(augmentation, { inputs, shape, count: 100 }, { seed: 5, step });
      for (let i = 0; i < 100; i++) {
        const image = inputs.subarray(i * 9, i * 9 + 9);
        const [bright, dim] = [image.indexOf(2), image.indexOf(1)];
        const key = `${bright} ${dim}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }
    // 9 places times 2 sides; χ² with 17 degrees of freedom is above 40.8 once in a thousand.
    expect(seen.size).toBe(18);
    const expected = 9000 / 18;
    const chi = [...seen.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chi).toBeLessThan(40.8);
  });

  test("a function of seed and step; examples of a batch draw on their own", () => {
    const batch = (seed: number, step: number): number[] => {
      const inputs = new Float32Array(20 * SIZE).map((_, i) => i % SIZE);
      augmentBatch(cropAndFlip(), { inputs, shape: SHAPE, count: 20 }, { seed, step });
      return [...inputs];
    };
    expect(batch(1, 2)).toEqual(batch(1, 2));
    expect(batch(1, 2)).not.toEqual(batch(1, 3));
    expect(batch(1, 2)).not.toEqual(batch(2, 2));
    const images = Array.from({ length: 20 }, (_, i) =>
      batch(1, 2)
        .slice(i * SIZE, (i + 1) * SIZE)
        .join(),
    );
    expect(new Set(images).size).toBeGreaterThan(10);
    const drawn: number[] = [];
    const watch = {
      label: "watch",
      check: () => {},
      apply: ({ draw }: AugmentedBatch) => drawn.push(draw(3, 2)),
    };
    augmentBatch(
      { ...watch, apply: (given) => void watch.apply(given) },
      { inputs: new Float32Array(0), shape: SHAPE, count: 20 },
      { seed: 1, step: 2 },
    );
    expect(drawn).toEqual([uniform(43, streamKey(1, "augment", 2))]);
  });

  test("refuses what it cannot do", () => {
    expect(() => cropAndFlip({ pad: -1 })).toThrow("pad must be an integer of at least 0, got -1");
    expect(() => cropAndFlip({ fill: [] })).toThrow("fill must be finite numbers, got []");
    expect(() => cropAndFlip({ fill: NaN })).toThrow("got [NaN]");
    expect(() => cropAndFlip().check([784])).toThrow("examples must be [H, W, C], got [784]");
    expect(() => cropAndFlip({ fill: [0, 0, 0] }).check([8, 8, 1])).toThrow("[H, W, 3]");
    expect(cropAndFlip().check([28, 28, 1])).toBeUndefined();
  });

  test("says what it does", () => {
    expect(cropAndFlip({ fill: [0.5, 1] }).label).toBe("cropAndFlip(4, flip, fill 0.5 1)");
    expect(cropAndFlip({ pad: 2, flip: false }).label).toBe("cropAndFlip(2, no flip, fill 0)");
  });
});

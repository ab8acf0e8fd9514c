/** Clipped gradients against plain arithmetic, and what becomes of elements that are not finite. */
import { expect, test } from "vitest";
import { input } from "../src/graph/index.ts";
import { clipGradients, type GradientClip } from "../src/train/clip-gradients.ts";
import { backends } from "./backends.ts";
import { largestDifference } from "./close-to.ts";

const cases: readonly (readonly [GradientClip, number[], number[], number[], number[]])[] = [
  [{ value: 2 }, [3, -4, 0], [1, -12], [2, -2, 0], [1, -2]],
  [{ norm: 2.5 }, [3, -4, 0], [1, -1], [1.5, -2, 0], [1, -1]],
  [{ globalNorm: 6.5 }, [3, -4, 0], [0, -12], [1.5, -2, 0], [0, -6]],
  [{ globalNorm: 20 }, [3, -4, 0], [0, -12], [3, -4, 0], [0, -12]],
  [{ norm: 1 }, [0, 0, 0], [1, 0], [0, 0, 0], [1, 0]],
  [{ value: 2 }, [NaN, Infinity, -Infinity], [1, 1], [NaN, 2, -2], [1, 1]],
  [{ norm: 2 }, [1, Infinity, 1], [1, 1], [0, NaN, 0], [1, 1]],
  [{ globalNorm: 2 }, [1, NaN, 1], [1, 1], [NaN, NaN, NaN], [NaN, NaN]],
];

test.each(backends)("on $description", async (backend) => {
  for (const [clip, first, second, ...expected] of cases) {
    const [a, b] = clipGradients([input("a", [3]), input("b", [2])], clip);
    const session = await backend.open();
    const executable = await session.compile({ outputs: { a: a!, b: b! }, writes: [] });
    executable.input("a").set(first);
    executable.input("b").set(second);
    executable.run();
    const found = [...executable.output("a"), ...executable.output("b")];
    expect(largestDifference(found, expected.flat()), JSON.stringify(clip)).toBeLessThan(2e-6);
  }
});

/** After 1,000 steps every backend is where the float64 reference is, but for rounding. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Backend } from "../src/run/backend.ts";
import { nativeBackendOn } from "../src/run/native.ts";
import { wasmBackend } from "../src/run/wasm.ts";
import {
  longRun,
  longRunModels,
  longRunSteps,
  type LongRunName,
  type LongRunPoint,
} from "./long-run.ts";
import { nativeHost } from "./native-host.ts";

const expected = JSON.parse(
  readFileSync(new URL("../fixtures/long-run.json", import.meta.url), "utf8"),
) as Record<LongRunName, LongRunPoint[]>;

const backends: readonly Backend[] = [
  wasmBackend(),
  wasmBackend({ fma: false }),
  ...(nativeHost === null ? [] : [nativeBackendOn(nativeHost)]),
];

/** Share of the reference's loss; measured: 4e-7. */
const LOSS = 1e-5;

describe.each(Object.keys(longRunModels) as LongRunName[])("%s", (name) => {
  test("has learned in the reference", () => {
    const [first, last] = [expected[name][0]!, expected[name].at(-1)!];
    expect(last.step).toBe(longRunSteps);
    expect(last.loss).toBeLessThan(first.loss / 2);
  });

  test.each(backends.map((backend) => [backend.description, backend] as const))(
    "%s",
    async (_, backend) => {
      const points = await longRun(name, backend);
      expect(points.map(({ step }) => step)).toEqual(expected[name].map(({ step }) => step));
      points.forEach(({ loss, accuracy }, i) => {
        const right = expected[name][i]!;
        expect(Math.abs(loss - right.loss)).toBeLessThan(LOSS * right.loss);
        expect(accuracy).toBe(right.accuracy);
      });
    },
  );
});

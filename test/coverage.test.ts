/** Every layer is held against something, where the registry says; and the page says the same. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { coveragePage } from "../tooling/coverage.ts";
import { exportedLayers, layerCases, onnxCases, uses } from "./layer-cases.ts";

describe("layers", () => {
  test("every layer of the library is in the registry, and no other", () => {
    expect(Object.keys(layerCases).toSorted()).toEqual(exportedLayers().toSorted());
  });

  test.each(Object.entries(layerCases))(
    "%s is used where it is said to be tested",
    (name, cases) => {
      const files = [cases.golden.file, ...cases.properties, cases.agreement];
      expect(files.filter((file) => !uses(file, name))).toEqual([]);
    },
  );

  test("a layer that is only imported or spoken of does not count as tested", () => {
    expect(uses("test/layer-properties.test.ts", "batchNorm")).toBe(true);
    expect(uses("test/layer-properties.test.ts", "dropout")).toBe(false);
    expect(uses("test/coverage.test.ts", "batchNorm")).toBe(false);
  });

  test("every layer is in a network that is exported to ONNX", () => {
    expect(exportedLayers().filter((name) => onnxCases(name) === 0)).toEqual([]);
    expect(onnxCases("nothing")).toBe(0);
  });
});

test("docs/coverage.md is what tooling/coverage.ts makes", () => {
  const page = new URL("../docs/coverage.md", import.meta.url);
  expect(existsSync(page)).toBe(true);
  const text = readFileSync(page, "utf8");
  expect(text, "out of date: run `node tooling/coverage.ts`").toBe(coveragePage());
});

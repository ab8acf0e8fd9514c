import { describe, expect, test } from "vitest";
import { OptionError } from "../../base/errors.ts";
import { initialize } from "../../nn/index.ts";
import { summarize } from "../../train/index.ts";
import { buildNetwork, showLayers } from "./build-network.ts";
import { layerCatalog, type LayerSpec } from "./layer-catalog.ts";

describe("buildNetwork", () => {
  test.each(layerCatalog.filter(({ name }) => name !== "output").map((kind) => [kind.name, kind]))(
    "builds %s from its name alone, and from its defaults written out",
    (_, { name, takes, options }) => {
      const shape = takes === "row" ? [12] : [8, 8, 4];
      const written = Object.fromEntries(options.map((option) => [option.name, option.default]));
      const bare = buildNetwork([{ layer: name }], shape, 3);
      const full = buildNetwork([{ layer: name, ...written }], shape, 3);
      const { rows } = summarize(bare, { inputShape: shape });
      expect(rows.at(-1)!.output).toEqual([1, 3]);
      expect([...initialize(full, 1)]).toEqual([...initialize(bare, 1)]);
    },
  );

  test("sizes follow from the layers before", () => {
    const layers: LayerSpec[] = [
      { layer: "conv2d", channels: 6, kernel: 3, padding: "valid" },
      { layer: "groupNorm", groups: 4 },
      { layer: "maxPool2d" },
      { layer: "linear", units: 5 },
    ];
    const { rows } = summarize(buildNetwork(layers, [8, 8, 3], 2), { inputShape: [8, 8, 3] });
    expect(rows.map(({ output }) => output.slice(1).join("x"))).toContain("6x6x6");
    expect(rows.map(({ output }) => output.slice(1).join("x"))).toContain("3x3x6");
    expect(showLayers(layers)).toBe("conv2d 6 3 valid, groupNorm 4, maxPool2d, linear 5");
  });

  test.each<[LayerSpec[], string]>([
    [[{ layer: "constructor" }], "layer 1: must be one of linear, conv2d"],
    [
      [{ layer: "relu" }, { layer: "conv2d" }],
      "layer 2: conv2d takes images [height, width, channels], got [4]",
    ],
    [
      [{ layer: "dropout", rate: 1 }],
      "layer 1: dropout: rate must be a number in [0, 0.99], got 1",
    ],
    [
      [{ layer: "linear", units: 2.5 }],
      "layer 1: linear: units must be an integer in [1, 16384], got 2.5",
    ],
    [
      [{ layer: "linear", width: 2 }],
      'layer 1: linear must have no options but units, got "width"',
    ],
    [
      [{ layer: "output" }, { layer: "relu" }],
      "layer 1: output must be the last layer, got 1 more",
    ],
    [
      [{ layer: "linear", units: 1 }, { layer: "layerNorm" }],
      "layer 2: must fit [1], got layerNorm(1): needs ≥ 2 features",
    ],
    [
      Array.from({ length: 201 }, () => ({ layer: "relu" })),
      "layers: must be at most 200, got 201",
    ],
  ])("refuses %j", (layers, message) => {
    expect(() => buildNetwork(layers, [4], 2)).toThrow(OptionError);
    expect(() => buildNetwork(layers, [4], 2)).toThrow(message);
  });
});

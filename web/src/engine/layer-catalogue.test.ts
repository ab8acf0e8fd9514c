import { trace } from "evenkeel/nn";
import { input } from "evenkeel/graph";
import { describe, expect, test } from "vitest";
import { buildLayers, buildModel, LayerError } from "./build-model.ts";
import { printCall } from "./call.ts";
import { layerCatalogue } from "./layer-catalogue.ts";

const plane = { inputShape: [12], outputs: 3 };
const image = { inputShape: [8, 8, 4], outputs: 3 };
const needsImage = new Set([
  "conv2d",
  "maxPool2d",
  "avgPool2d",
  "globalAvgPool2d",
  "spatialDropout",
  "dropBlock",
  "instanceNorm",
]);
const siteOf = (kind: string): typeof plane => (needsImage.has(kind) ? image : plane);

/** A batch that every kind of normalization takes. */
const trainingBatch = 40;

describe("each kind of layer", () => {
  test.each(Object.keys(layerCatalogue))("%s with its defaults is made and trains", (kind) => {
    const site = siteOf(kind);
    const model = buildModel([{ kind }], site);
    const x = input("x", [trainingBatch, ...site.inputShape]);
    expect(trace(model, x, { phase: "train" }).output.shape[0]).toBe(trainingBatch);
  });

  const withOptions = Object.entries(layerCatalogue).flatMap(([kind, { options }]) =>
    options.map((option) => [kind, option.name, option] as const),
  );
  test.each(withOptions)("%s takes %s at its limits and nothing beyond", (kind, name, option) => {
    const values =
      option.type === "flag"
        ? [true, false]
        : option.type === "choice"
          ? option.choices
          : [option.min, option.initial];
    for (const value of values) {
      expect(() => buildLayers([{ kind, [name]: value }], siteOf(kind))).not.toThrow();
    }
    const beyond = option.type === "flag" ? 3 : option.type === "choice" ? "no" : option.max + 1;
    const build = (): unknown => buildLayers([{ kind, [name]: beyond }], siteOf(kind));
    expect(build).toThrow(`${kind}: ${name} must be`);
    expect(build).toThrow(LayerError);
  });

  test.each(Object.keys(layerCatalogue))("%s refuses an option it does not know", (kind) => {
    expect(() => buildLayers([{ kind, colour: "red" }], siteOf(kind))).toThrow(
      /options must be of .*, got colour$/,
    );
  });
});

describe("a list of layers", () => {
  test("gives each layer the width that the layers before it leave", () => {
    const layers = [
      { kind: "conv2d", out: 6 },
      { kind: "groupNorm", groups: 3 },
      { kind: "maxPool2d" },
      { kind: "flatten" },
      { kind: "linear", out: "classes", bias: false },
    ];
    const built = buildLayers(layers, image);
    expect(built.map(({ output }) => output)).toEqual([[8, 8, 6], [8, 8, 6], [4, 4, 6], [96], [3]]);
    expect(built.map(({ call }) => printCall(call))).toEqual([
      'conv2d(4, 6, 3, { padding: "same" })',
      "groupNorm(3, 6)",
      "maxPool2d(2)",
      "flatten()",
      "linear(96, 3, { bias: false })",
    ]);
  });

  test("says which layer does not fit, in the library's words", () => {
    const layers = [
      { kind: "linear", out: 10 },
      { kind: "groupNorm", groups: 4 },
    ];
    const build = (): unknown => buildLayers(layers, plane);
    expect(build).toThrow(/^groupNorm\(4, 10\): /);
    expect(build).toThrow(expect.objectContaining({ index: 1 }));
  });

  test("refuses a kind that is not there", () => {
    expect(() => buildLayers([{ kind: "toString" }], plane)).toThrow(/^layer: kind must be one of/);
  });
});

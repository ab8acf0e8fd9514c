import { describe, expect, test } from "vitest";
import { OptionError } from "../base/errors.ts";
import { batchNorm } from "./batch-norm.ts";
import { ones } from "./initializers.ts";
import { linear } from "./linear.ts";
import { memberTree } from "./member-tree.ts";
import { defineModule, parameter, type Module } from "./module.ts";
import { relu } from "./relu.ts";
import { sequential } from "./sequential.ts";

const pathsOf = (model: Module): string[] => memberTree(model).members.map(({ path }) => path);

describe("memberTree", () => {
  test("names members by their place, in the model's order", () => {
    expect(pathsOf(sequential(linear(2, 3), batchNorm(3), relu(), linear(3, 1)))).toEqual([
      "0.weight",
      "0.bias",
      "1.scale",
      "1.shift",
      "1.mean",
      "1.variance",
      "3.weight",
      "3.bias",
    ]);
  });

  test("keeps positions in order beyond ten layers", () => {
    const deep = sequential(...Array.from({ length: 12 }, () => linear(1, 1, { bias: false })));
    expect(pathsOf(deep)).toEqual(Array.from({ length: 12 }, (_, i) => `${i}.weight`));
  });

  test("walks modules, arrays and plain objects, and leaves data alone", () => {
    const held = {
      blocks: [linear(1, 1, { bias: false }), sequential(linear(1, 1, { bias: false }))],
      heads: { left: linear(1, 1, { bias: false }) },
      gain: parameter([1], ones),
      table: new Float32Array(4),
      when: new Date(0),
      nothing: null,
    };
    const model = defineModule("net", held, (x) => x);
    expect(pathsOf(model)).toEqual([
      "blocks.0.weight",
      "blocks.1.0.weight",
      "heads.left.weight",
      "gain",
    ]);
  });

  test("gives a shared layer one name and one buffer", () => {
    const shared = linear(2, 2);
    const { members, modulePaths } = memberTree(sequential(shared, relu(), shared));
    expect(members.map(({ path }) => path)).toEqual(["0.weight", "0.bias"]);
    expect(modulePaths.get(shared)).toBe("0");
  });

  test("ends on a model that contains itself", () => {
    const loop: Module & { self?: Module } = { label: "loop", apply: (x) => x };
    loop.self = loop;
    expect(pathsOf(loop)).toEqual([]);
  });

  test("refuses a key that would make paths ambiguous", () => {
    const model = defineModule("net", { "a.b": linear(1, 1) }, (x) => x);
    expect(() => memberTree(model)).toThrow(OptionError);
    expect(() => memberTree(model)).toThrow(
      'memberTree: a model\'s keys must have no dot or slash, got "a.b"',
    );
  });
});

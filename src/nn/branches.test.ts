import { describe, expect, test } from "vitest";
import { concat } from "../graph/ops/concat.ts";
import { add } from "../graph/ops/add.ts";
import { input } from "../graph/ops/input.ts";
import { mul } from "../graph/ops/mul.ts";
import { conv2d } from "./conv2d.ts";
import { constant } from "./initializers.ts";
import { linear } from "./linear.ts";
import { defineModule, parameter, type Module } from "./module.ts";
import { parallel } from "./parallel.ts";
import { maxPool2d } from "./pool2d.ts";
import { relu } from "./relu.ts";
import { residual } from "./residual.ts";
import { sequential } from "./sequential.ts";
import { stochasticDepth } from "./stochastic-depth.ts";
import { trace } from "./trace.ts";
import { interpret } from "../graph/interpret.ts";

/** What a model without parameters makes of [1, 2, 3]. */
function of(model: Module): number[] {
  const { output } = trace(model, input("x", [1, 3]), { phase: "eval" });
  const found = interpret({ outputs: { output }, writes: [] }, { inputs: { x: [1, 2, 3] } });
  return [...found.outputs["output"]!.data];
}

const times = (factor: number): Module => ({
  label: `times(${factor})`,
  apply: (x) => mul(x, factor),
});

describe("joins", () => {
  test("a residual adds its branch to x, or to what the shortcut makes of it", () => {
    expect(of(residual(times(10)))).toEqual([11, 22, 33]);
    expect(of(residual(times(10), { shortcut: times(-1) }))).toEqual([9, 18, 27]);
  });

  test("parallel branches are added, or put side by side along the last axis", () => {
    expect(of(parallel([times(1), times(10), times(100)], "add"))).toEqual([111, 222, 333]);
    expect(of(parallel([times(1), times(10)], "concat"))).toEqual([1, 2, 3, 10, 20, 30]);
    expect(of(parallel([times(2)], "concat"))).toEqual([2, 4, 6]);
  });

  test("stochastic depth at test is a residual", () => {
    expect(of(stochasticDepth(times(10), { keep: 0.5 }))).toEqual([11, 22, 33]);
    expect(of(stochasticDepth(times(10), { keep: 0.5, testTime: "scale-weights" }))).toEqual([
      6, 12, 18,
    ]);
  });

  test.each<[string, () => unknown, string]>([
    [
      "a residual branch of another shape",
      () => of(sequential(residual(parallel([times(1), times(2)], "concat")))),
      'residual: the branch must keep the shape [1, 3], got [1, 6] (layer "0" of sequential)',
    ],
    [
      "stochastic depth on a branch of another shape",
      () => of(stochasticDepth(parallel([times(1), times(2)], "concat"), { keep: 0.5 })),
      "stochasticDepth: the branch must keep the shape [1, 3], got [1, 6]",
    ],
    ["no branches", () => parallel([], "add"), "parallel: needs at least one branch, got none"],
    [
      "an unknown join",
      () => parallel([relu()], "multiply" as "add"),
      'parallel: join must be "concat" or "add", got "multiply"',
    ],
  ])("refuse %s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  test("an error inside a branch says where", () => {
    const model = sequential(parallel([relu(), sequential(relu(), linear(5, 2))], "concat"));
    expect(() => of(model)).toThrow(
      'linear(5, 2): input has 3 features, expected 5 (layer "0.branches.1.1" of sequential)',
    );
  });
});

describe("graphs of one's own", () => {
  test("an Inception block is a function of its parts", () => {
    const block = defineModule(
      "inception",
      {
        point: conv2d(4, 2, 1),
        reduce: conv2d(4, 3, 1),
        wide: conv2d(3, 5, 3, { padding: "same" }),
        pool: maxPool2d(3, { stride: 1, padding: "same" }),
        project: conv2d(4, 1, 1),
      },
      (x, pass, { point, reduce, wide, pool, project }) => {
        const around = pass.apply(wide, pass.apply(reduce, x));
        const pooled = pass.apply(project, pass.apply(pool, x));
        return concat([pass.apply(point, x), around, pooled], -1);
      },
    );
    const found = trace(sequential(block), input("x", [2, 5, 5, 4]), { phase: "train" });
    expect(found.output.shape).toEqual([2, 5, 5, 8]);
    expect(found.parameters.map(({ path }) => path)).toEqual(
      ["point", "reduce", "wide", "project"].flatMap((name) => [
        `0.${name}.weight`,
        `0.${name}.bias`,
      ]),
    );
    expect(found.observations.map(({ path }) => path)).toEqual([
      "0.reduce",
      "0.wide",
      "0.pool",
      "0.project",
      "0.point",
      "0",
      "",
    ]);
  });

  test("a module applied with other values in its members' places", () => {
    const gain = parameter([3], constant(1));
    const inner = defineModule("inner", { gain }, (x, pass) => mul(x, pass.read(gain)));
    const doubled = defineModule("doubled", { inner, gain }, (x, pass) => {
      const twice = pass.apply(inner, x, new Map([[gain, mul(pass.read(gain), 2)]]));
      return add(twice, pass.apply(inner, x));
    });
    const model = sequential(doubled);
    const found = trace(model, input("x", [1, 3]), { phase: "eval" });
    expect(found.parameters.map(({ path }) => path)).toEqual(["0.inner.gain"]);
    const { slot } = found.tree.members[0]!;
    const program = { outputs: { y: found.output }, writes: [] };
    const memory = { inputs: { x: [1, 2, 3] }, slots: new Map([[slot, [1, 10, 100]]]) };
    expect([...interpret(program, memory).outputs["y"]!.data]).toEqual([3, 60, 900]);
    const wrong = defineModule("wrong", { inner }, (x, pass) =>
      pass.apply(inner, x, new Map([[gain, input("z", [2])]])),
    );
    expect(() => trace(wrong, input("x", [1, 3]), { phase: "eval" })).toThrow(
      "apply: in place of a parameter f32 [3] must stand its like, got f32 [2]",
    );
  });
});

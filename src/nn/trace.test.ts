import { describe, expect, test } from "vitest";
import { OptionError, ShapeError } from "../base/errors.ts";
import { add } from "../graph/ops/add.ts";
import { input } from "../graph/ops/input.ts";
import { mul } from "../graph/ops/mul.ts";
import type { Value } from "../graph/value.ts";
import { batchNorm } from "./batch-norm.ts";
import { dropout } from "./dropout.ts";
import { ones } from "./initializers.ts";
import { linear } from "./linear.ts";
import { defineModule, parameter, statistic, type Module, type Phase } from "./module.ts";
import { relu } from "./relu.ts";
import { sequential } from "./sequential.ts";
import { trace, type Trace } from "./trace.ts";

const traced = (model: Module, shape: readonly number[], phase: Phase = "train"): Trace =>
  trace(model, input("x", shape), { phase });

describe("what a trace records", () => {
  test("parameters read, updates, random streams, and each layer's input and output", () => {
    const model = sequential(linear(2, 3), batchNorm(3), relu(), dropout({ rate: 0.5 }));
    const found = traced(model, [4, 2]);
    expect(found.output.shape).toEqual([4, 3]);
    expect(found.parameters.map(({ path }) => path)).toEqual([
      "0.weight",
      "0.bias",
      "1.scale",
      "1.shift",
    ]);
    expect(found.updates.map(({ path }) => path)).toEqual(["1.mean", "1.variance"]);
    expect(found.randomStreams).toEqual([{ input: "random/3", stream: "dropout/3" }]);
    expect(found.observations.map(({ path }) => path)).toEqual(["0", "1", "2", "3", ""]);
    expect(found.observations[2]!.input).toBe(found.observations[1]!.output);
  });

  test("values in the place of members: the output is computed from them, and they are told", () => {
    const model = sequential(linear(2, 3), relu());
    const { weight } = model[0];
    const given = mul(input("given", [2, 3]), 2);
    const options = { phase: "train", instead: new Map([[weight, given]]) } as const;
    const found = trace(model, input("x", [4, 2]), options);
    expect(found.parameters.map(({ path }) => path)).toEqual(["0.weight", "0.bias"]);
    expect(found.parameters[0]!.value).toBe(given);
    expect(found.parameters[1]!.value.op.name).toBe("state");
    const wrong = new Map([[weight, input("given", [3, 2])]]);
    expect(() => trace(model, input("x", [4, 2]), { phase: "train", instead: wrong })).toThrow(
      new ShapeError(
        "trace: in place of a parameter f32 [2, 3] must stand its like, got f32 [3, 2]",
      ),
    );
  });

  test("in phase eval nothing changes and nothing draws", () => {
    const found = traced(
      sequential(linear(2, 3), batchNorm(3), dropout({ rate: 0.5 })),
      [1, 2],
      "eval",
    );
    expect(found.updates).toEqual([]);
    expect(found.randomStreams).toEqual([]);
  });

  test("Monte-Carlo dropout: noise in phase eval", () => {
    const model = sequential(batchNorm(3), dropout({ rate: 0.5 }));
    const found = trace(model, input("x", [1, 3]), { phase: "eval", noise: true });
    expect(found.updates).toEqual([]);
    expect(found.randomStreams).toHaveLength(1);
  });

  test("a layer used twice is one parameter, two observations and two masks", () => {
    const shared = sequential(linear(2, 2), dropout({ rate: 0.5 }));
    const found = traced(sequential(shared, shared), [3, 2]);
    expect(found.parameters.map(({ path }) => path)).toEqual(["0.0.weight", "0.0.bias"]);
    expect(found.observations.map(({ path }) => path)).toEqual([
      "0.0",
      "0.1",
      "0",
      "0.0#2",
      "0.1#2",
      "0#2",
      "",
    ]);
    expect(found.randomStreams.map(({ stream }) => stream)).toEqual([
      "dropout/0.1",
      "dropout/0.1#2",
    ]);
  });

  test("a layer that draws twice has two keys", () => {
    const noisy = defineModule("noisy", {}, (x, pass) => {
      pass.randomKey();
      pass.randomKey();
      return x;
    });
    expect(traced(sequential(noisy), [1, 1]).randomStreams.map(({ input: name }) => name)).toEqual([
      "random/0",
      "random/0/2",
    ]);
  });
});

describe("a user's own layer", () => {
  test("is a plain object with parameters, submodules and layers made on the way", () => {
    const residual = defineModule(
      "residual(3)",
      { inner: linear(3, 3), gain: parameter([3], ones) },
      (x, pass, { inner, gain }) => {
        const y = pass.apply(relu(), pass.apply(inner, x));
        return add(x, mul(y, pass.read(gain)));
      },
    );
    const model = sequential(residual, linear(3, 1));
    const found = traced(model, [2, 3]);
    expect(model[0].gain.shape).toEqual([3]);
    expect(found.parameters.map(({ path }) => path)).toEqual([
      "0.inner.weight",
      "0.inner.bias",
      "0.gain",
      "1.weight",
      "1.bias",
    ]);
    expect(found.observations.map(({ path }) => path)).toEqual(["0.inner", "0.relu", "0", "1", ""]);
  });
});

describe("errors", () => {
  test("name the layer where they happened, once, and keep their class and cause", () => {
    const model = sequential(linear(4, 64), relu(), sequential(relu(), batchNorm(100)));
    const run = (): Trace => traced(model, [2, 4]);
    expect(run).toThrow(ShapeError);
    expect(run).toThrow(
      /^batchNorm\(100\): input has 64 features, expected 100 \(layer "2\.1" of sequential\)$/,
    );
    expect(run).toThrow(expect.objectContaining({ cause: expect.any(ShapeError) as unknown }));
  });

  test("of a user's code too", () => {
    const broken: Module = {
      label: "broken",
      apply() {
        throw new RangeError("no such thing");
      },
    };
    const run = (): Trace => traced(sequential(relu(), broken), [1, 1]);
    expect(run).toThrow(RangeError);
    expect(run).toThrow(/^no such thing \(layer "1" of sequential\)$/);
  });

  test.each<[string, Module, string]>([
    [
      "a parameter that the model does not hold",
      hidden(),
      'read: a parameter must be a property of its module, got one of shape [2] that the model does not hold (layer "0" of sequential)',
    ],
    [
      "a statistic updated twice",
      updating((x) => x, 2),
      'update: a statistic changes once per step, got a second value for "0.seen" (layer "0" of sequential)',
    ],
    [
      "a statistic of another shape",
      updating((x) => add(x, input("more", [3, 2])), 1),
      'update: "0.seen" is f32 [2], got f32 [3, 2] (layer "0" of sequential)',
    ],
  ])("%s", (_, layer, message) => {
    const run = (): Trace => traced(sequential(layer), [2]);
    expect(run).toThrow(message);
  });

  test("a statistic updated in phase eval", () => {
    const run = (): Trace => traced(sequential(updating((x) => x, 1)), [2], "eval");
    expect(run).toThrow(OptionError);
    expect(run).toThrow("update: phase must be train, got eval");
  });
});

function hidden(): Module {
  const gain = parameter([2], ones);
  return defineModule("hidden", {}, (x, pass) => mul(x, pass.read(gain)));
}

function updating(value: (x: Value) => Value, times: number): Module {
  return defineModule("updating", { seen: statistic([2], ones) }, (x, pass, { seen }) => {
    for (let i = 0; i < times; i++) pass.update(seen, value(x));
    return x;
  });
}

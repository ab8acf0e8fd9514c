import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layerCatalogue } from "../engine/layer-catalogue.ts";
import type { LayerSpec, OptionValue } from "../engine/protocol.ts";
import { specOf, type Plan } from "./plan.ts";
import { parsePlan, printPlan } from "./plan-address.ts";
import { presets } from "./presets.ts";

const there = (plan: Plan): Plan | null => parsePlan(new URLSearchParams(printPlan(plan)));

/** A layer of any kind with some of its options, each in its range. */
const layer: fc.Arbitrary<LayerSpec> = fc
  .constantFrom(...Object.keys(layerCatalogue))
  .chain((kind) => {
    const options = layerCatalogue[kind]!.options.map((option) => {
      const value: fc.Arbitrary<OptionValue> =
        option.type === "flag"
          ? fc.boolean()
          : option.type === "choice"
            ? fc.constantFrom(...option.choices)
            : option.type === "count"
              ? fc.integer({ min: option.min, max: option.max })
              : fc.double({ min: option.min, max: option.max, noNaN: true });
      return fc.option(
        value.map((found): [string, OptionValue] => [option.name, found]),
        { nil: null },
      );
    });
    return fc.tuple(...options).map((found) => ({
      ...Object.fromEntries(found.filter((entry) => entry !== null)),
      kind,
    }));
  });

const plan: fc.Arbitrary<Plan> = fc.record({
  data: fc.constantFrom(...presets.map((preset) => preset.plan.data), {
    name: "mnist",
    train: 5000,
    test: 100,
  } as const),
  arms: fc.array(
    fc.record({
      name: fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }),
      layers: fc.array(layer, { minLength: 1, maxLength: 6 }),
      optimizer: fc.record({
        kind: fc.constantFrom("sgd", "adam", "rmsProp"),
        learningRate: fc.double({ min: 0, max: 100, noNaN: true }),
      }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  batchSize: fc.integer({ min: 1, max: 65_536 }),
  steps: fc.integer({ min: 1, max: 1_000_000 }),
  seed: fc.nat(),
  seeds: fc.integer({ min: 1, max: 20 }),
  watch: fc.constantFrom("little", "layers", "landscape"),
  changes: fc.array(
    fc.record({ step: fc.nat(), learningRate: fc.double({ min: 0, max: 10, noNaN: true }) }),
    { maxLength: 3 },
  ),
});

/** An address knows one zero. */
const withoutMinusZero = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, inner: unknown) => (Object.is(inner, -0) ? 0 : inner)));

describe("a plan in an address", () => {
  test.each(presets.map((preset) => [preset.id, preset.plan] as const))("%s", (_, preset) => {
    expect(there(preset)).toEqual(preset);
  });

  test("comes back as it was, whatever it is", () => {
    fc.assert(
      fc.property(plan, (any) => {
        expect(withoutMinusZero(there(any))).toEqual(withoutMinusZero(any));
      }),
      { numRuns: 200 },
    );
  });

  test("is short and can be read", () => {
    const text = printPlan(presets[0].plan);
    expect(text).toContain("net=linear(out=100),sigmoid,");
    expect(text.length).toBeLessThan(600);
  });

  test("an address without a network has no plan", () => {
    expect(parsePlan(new URLSearchParams("room=workbench"))).toBeNull();
  });

  test.each([
    ["batch=0", "address: batch must be a whole number in [1, 65536], got 0"],
    ["data=cats", /^address: data must be one of digits-sample, .*, got cats$/],
    ["net=linear(out", 'address: a layer must read kind(option=value), got "linear(out"'],
    ["net=linear(100)", 'address: an option must read name=value, got "100"'],
    ["opt=sgd(learningRate=-1)", "address: learningRate must be a number of at least 0, got -1"],
    ["opt=magic(learningRate=1)", /^address: an optimizer must be one of sgd, .*, got magic$/],
    ["watch=everything", "address: watch must be little, layers or landscape, got everything"],
    ["change=learningRate=1", "address: a change needs its step, got learningRate=1"],
  ])("%s is refused with the reason", (broken, message) => {
    const query = new URLSearchParams(printPlan(presets[0].plan));
    const [name = "", ...value] = broken.split("=");
    query.set(name, value.join("="));
    expect(() => parsePlan(query)).toThrow(message);
  });

  test("no text at all makes the reader do anything but read or refuse", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (net, opt, change) => {
        const query = new URLSearchParams({ net, opt, change, data: "digits-sample" });
        expect(() => parsePlan(query)).toThrow(/^address: /);
      }),
    );
  });
});

describe("what the worker trains", () => {
  test("has a seed for each run, and looks about forty times", () => {
    const spec = specOf({ ...presets[0].plan, seed: 7, seeds: 3, steps: 400 }, 2);
    expect(spec.seeds).toEqual([7, 8, 9]);
    expect(spec.watch?.map(({ kind, every }) => [kind, every])).toEqual([
      ["activations", 10],
      ["units", 10],
      ["gradients", 10],
    ]);
  });
});

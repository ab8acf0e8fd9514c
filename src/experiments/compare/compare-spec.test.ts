import { describe, expect, test } from "vitest";
import { OptionError } from "../../base/errors.ts";
import { planArms } from "./arm-plan.ts";
import { armsOf, checkSpec } from "./compare-spec.ts";

describe("checkSpec", () => {
  test.each<[string, unknown, string]>([
    [
      "an unknown setting",
      { data: "d", arms: [{ dropuot: 0.2 }] },
      "arms.0.dropuot must be absent: there is no such setting",
    ],
    [
      "a rate out of range",
      { data: "d", arms: [{}, { dropout: 2 }] },
      "arms.1.dropout must be <=0.95, got 2",
    ],
    [
      "a value of a grid",
      { data: "d", arms: { width: [8, "8"] } },
      'arms.width.1 must be number, got "8"',
    ],
    [
      "a layer that is code",
      { data: "d", arms: [{ layers: [{ layer: "relu", f: () => 1 }] }] },
      "arms.0.layers.0.f must be (string | number), got Function",
    ],
    ["no data", {}, 'data must be "data", got undefined'],
    ["two budgets", { data: "d", steps: 5, minutes: 1 }, "takes steps or minutes, got both"],
    [
      "a search without a grid",
      { data: "d", search: { arms: 3 } },
      "search needs arms as lists of values",
    ],
  ])("refuses %s", (_, value, message) => {
    expect(() => checkSpec(value, "s.yaml")).toThrow(OptionError);
    expect(() => checkSpec(value, "s.yaml")).toThrow(message);
  });
});

describe("armsOf", () => {
  const grid = {
    normalizer: ["none", "batchNorm"],
    dropout: [0, 0.2],
    learningRate: [0.001, 0.01, 0.1],
  };

  test("combines every value with every other, the first first", () => {
    const arms = armsOf(checkSpec({ data: "d", arms: grid }, "s"));
    expect(arms).toHaveLength(12);
    const plans = planArms(arms, {}, [7], 400);
    expect(plans.map(({ label }) => label)).toEqual(
      expect.arrayContaining(["none", "batchNorm + dropout 0.2 + learning rate 0.1"]),
    );
    expect(plans[0]).toMatchObject({ id: "none", batchSize: 64 });
    expect(new Set(plans.map(({ id }) => id)).size).toBe(12);
  });

  test("draws some of them with a seed, the baseline always", () => {
    const draw = (seed: number): unknown =>
      armsOf(checkSpec({ data: "d", arms: grid, search: { arms: 5, seed } }, "s"));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(1)).toHaveLength(5);
    expect(draw(2)).toEqual(
      expect.arrayContaining([{ normalizer: "none", dropout: 0, learningRate: 0.001 }]),
    );
  });

  test("networks are the same stack with layers put in between", () => {
    const [plain, both] = planArms(
      [{}, { normalizer: "layerNorm", dropout: 0.1 }],
      { width: 16 },
      [5],
      400,
    );
    const kinds = (plan: typeof plain): string => plan!.layers.map(({ layer }) => layer).join(" ");
    expect(kinds(plain)).toBe("linear relu linear relu");
    expect(kinds(both)).toBe("linear layerNorm relu dropout linear layerNorm relu dropout");
    const [image] = planArms([{ dropout: 0.1 }], {}, [8, 8, 3], 400);
    expect(kinds(image)).toBe("conv2d relu maxPool2d conv2d relu maxPool2d linear relu dropout");
    expect(() => planArms([{}, { dropout: 0 }], {}, [5], 400)).toThrow(
      'must have distinct names, got "none" twice',
    );
  });
});

import { layerCatalog } from "evenkeel/experiments";
import { describe, expect, test } from "vitest";
import { layerKind } from "../engine/layer-catalogue.ts";
import { openSpecification } from "./open-specification.ts";
import type { Plan } from "./plan.ts";
import { presets } from "./presets.ts";
import { specificationOf } from "./specification.ts";

const plan: Plan = {
  data: { name: "digits-sample" },
  arms: [
    {
      name: "mine",
      layers: [
        { kind: "linear", out: 32 },
        { kind: "groupNorm" },
        { kind: "relu" },
        { kind: "dropout", rate: 0.3 },
        { kind: "linear", out: "classes" },
      ],
      optimizer: { kind: "sgd", learningRate: 0.2, momentum: 0.9 },
    },
  ],
  batchSize: 40,
  steps: 120,
  seed: 3,
  seeds: 2,
  watch: "little",
  changes: [],
};

/** The same plan with something else in its only arm. */
function withArm(changed: Partial<Plan["arms"][number]>): Plan {
  return { ...plan, arms: [{ ...plan.arms[0]!, ...changed }] };
}

describe("a plan as a specification", () => {
  test("says everything that decides the runs, defaults of either side written out", () => {
    const { spec, differences } = specificationOf(plan);
    expect(spec).toEqual({
      data: "digits-sample",
      arms: [
        {
          name: "mine",
          layers: [
            { layer: "linear", units: 32 },
            { layer: "groupNorm", groups: 4 },
            { layer: "relu" },
            { layer: "dropout", rate: 0.3 },
          ],
          optimizer: "sgd",
          learningRate: 0.2,
          momentum: 0.9,
          batchSize: 40,
        },
      ],
      steps: 120,
      seed: 3,
      seeds: 2,
      folds: 1,
    });
    expect(differences).toEqual([]);
  });

  test("comes back as the plan that it was made from", () => {
    const { plan: opened, differences } = openSpecification(
      JSON.stringify(specificationOf(plan).spec),
      "spec.json",
    );
    expect(opened).toEqual(plan);
    expect(differences).toEqual([]);
  });

  test.each(layerCatalog.filter(({ name }) => layerKind(name) !== undefined))(
    "has the layer $name, there and back",
    ({ name }) => {
      const layers = [{ kind: name }, { kind: "linear", out: "classes" }];
      const { spec } = specificationOf(withArm({ layers }));
      const back = openSpecification(JSON.stringify(spec), "spec.json").plan.arms[0]!.layers;
      expect(back).toEqual(layers);
    },
  );

  test("tells what a comparison does otherwise", () => {
    const { differences } = specificationOf({
      ...presets[0].plan,
      data: { name: "mnist", train: 1000 },
      changes: [{ step: 1, learningRate: 1 }],
    });
    expect(differences.join(" ")).toMatch(/Changes .* all examples .* without a bias/);
  });

  const last = { kind: "linear", out: "classes" };
  test.each([
    [{ ...plan, data: { name: "two-moons" } }, /a file or a data set with a name, got generated/],
    [withArm({ layers: [] }), /mine must end with linear\(out=classes\), got none/],
    [withArm({ layers: [{ kind: "dropBlock" }, last] }), /layers must be of .*, got dropBlock/],
    [withArm({ layers: [{ ...last, init: "he" }] }), /linear must have its usual init, got he/],
    [
      withArm({ optimizer: { kind: "adagrad", learningRate: 1 } }),
      /sgd, adam or adamW, got adagrad/,
    ],
    [{ ...plan, arms: [plan.arms[0]!, plan.arms[0]!] }, /distinct names, got "mine" twice/],
  ] as const satisfies readonly (readonly [Plan, RegExp])[])(
    "is refused where a specification has no words: %#",
    (given, message) => {
      expect(() => specificationOf(given)).toThrow(message);
    },
  );
});

describe("a specification that is opened", () => {
  const open = (spec: unknown): ReturnType<typeof openSpecification> =>
    openSpecification(JSON.stringify(spec), "spec.json");

  test("has its grid combined, its images flattened, and says what is left out", () => {
    const { plan: opened, differences } = open({
      data: "cifar10",
      arms: { normalizer: ["none", "batchNorm"], dropout: [0, 0.2] },
      seeds: 30,
      minutes: 5,
      halving: 3,
    });
    expect(opened.arms.map(({ name }) => name)).toEqual([
      "none",
      "dropout 0.2",
      "batchNorm",
      "batchNorm + dropout 0.2",
    ]);
    const kinds = opened.arms[3]!.layers.map(({ kind }) => kind);
    expect(kinds.slice(-6)).toEqual([
      "flatten",
      "linear",
      "batchNorm",
      "relu",
      "dropout",
      "linear",
    ]);
    expect(opened.seeds).toBe(20);
    expect(differences.length).toBe(3);
  });

  test("asks for a file again, and knows its folder from a table", () => {
    const { plan: opened, differences } = open({ data: "rows/mine.csv", target: "y" });
    expect(opened.data).toEqual({ name: "own", label: "mine.csv" });
    expect(opened.arms[0]!.layers[0]).toEqual({ kind: "linear", out: 128 });
    expect(differences[0]).toBe("Choose rows/mine.csv again: a page cannot open files by itself.");
    expect(open({ data: "pets", target: "y" }).plan.arms[0]!.layers[0]!.kind).toBe("conv2d");
  });

  test.each([
    ["{", /spec\.json: must be a specification as JSON, got /],
    ['{"data":1}', /data must be string, got 1/],
    ['{"data":"mnist","arms":[{"layers":[{"layer":"lstm"}]}]}', /of the catalog, got "lstm"/],
    [
      '{"data":"mnist","arms":[{"layers":[{"layer":"relu","slope":1}]}]}',
      /relu must have options of the catalog, got slope/,
    ],
    [
      '{"data":"mnist","arms":[{"batchSize":8},{"batchSize":9}]}',
      /one batch size here, got 8 and 9/,
    ],
  ])("is refused with the place and the rule: %s", (text, message) => {
    expect(() => openSpecification(text, "spec.json")).toThrow(message);
  });
});

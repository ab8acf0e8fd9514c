import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { digitsSample } from "../../data/index.ts";
import {
  memoryStore,
  runStudy,
  type MeasureSummary,
  type StudyEvent,
  type StudyResult,
} from "../../experiments/index.ts";
import { wasmBackend } from "../../run/wasm.ts";
import dropoutFeatures from "./dropout-features.ts";
import { activationValues, EDGES, featureValues, histogram } from "./look-at-features.ts";
import { checkFeatures, type FeaturesMeasure } from "./measures.ts";
import { reconstructing } from "./model.ts";
import { judge } from "./verdict.ts";

const data = await digitsSample();

/** A few steps on the digits sample: both arms at work, nothing to conclude. */
async function brief(): Promise<StudyResult> {
  const { quick } = dropoutFeatures.protocol.presets;
  const scale = {
    ...quick,
    steps: 20,
    evaluateEvery: 20,
    observeEvery: 1,
    sizes: { examples: 200 },
  };
  const presets = { ...dropoutFeatures.protocol.presets, quick: scale };
  const study = { ...dropoutFeatures, protocol: { ...dropoutFeatures.protocol, presets } };
  const events: StudyEvent[] = [];
  const services = { store: memoryStore(), data, backend: wasmBackend() };
  const options = { seeds: 2, version: "0.0.0", command: "run" };
  for await (const event of runStudy(study, { ...services, ...options })) events.push(event);
  const last = events.at(-1);
  if (last?.type === "study-done") return last.result;
  throw new Error("the study must end in a result");
}

const result = await brief();

describe("what is measured", () => {
  test("activations: mean, share of zeros, histograms by unit and by activation", () => {
    // Three rows of two units: means 1 and 0.2.
    const values = activationValues([0, 0.1, 1, 0.2, 2, 0.3], 2);
    expect(values["mean"]).toBeCloseTo(0.6, 12);
    expect(values["zero"]).toBeCloseTo(1 / 6, 12);
    const units = values["units"] as readonly number[];
    const single = values["activations"] as readonly number[];
    const bin = (value: number): number => EDGES.findLastIndex((edge) => edge <= value);
    expect([units[bin(1)], units[bin(0.2)]]).toEqual([1, 1]);
    expect([single[0], single[bin(0.2)], single[bin(1)], single[bin(2)]]).toEqual([3, 3, 1, 1]);
    expect(single.reduce((sum, count) => sum + count, 0)).toBe(6);
  });

  test("what is beyond the last edge counts in the last bin", () => {
    expect(histogram([99, EDGES.at(-1)!]).at(-1)).toBe(2);
  });

  test("a feature's extent is the number of its equal pixels; pixels never lit do not count", () => {
    const lit = [true, true, true, true, false];
    // Unit 0: one pixel; unit 1: four alike, in size; both with much weight where nothing is seen.
    const weights = [3, 1, 0, -1, 0, 1, 0, 1, 50, 50];
    expect(featureValues(weights, 2, lit)["local"]).toBeCloseTo((1 + 4) / 2, 12);
    const pixels = featureValues([3, 1, -6, 0], 2, [true, true])["pixels"] as readonly number[];
    expect(pixels).toEqual([64, -127, 127, 0].map((value) => value + 0));
  });

  test("an autoencoder's targets are its inputs", () => {
    const { targets, targetShape } = reconstructing(data.test);
    expect(targetShape).toEqual([784]);
    expect(targets[400]).toBeCloseTo(data.test.inputs[400]! / 255, 6);
    expect(targets).toHaveLength(data.test.count * 784);
  });
});

test("both arms run; the factor p is in one of the two means, with dropout only", () => {
  expect(result.check).toMatchObject({ passed: true });
  for (const { arm, outcome, measures } of result.runs) {
    expect(outcome).toBe("finished");
    const [plain, scaled] = ["mean-activation", "mean-activation-scaled"].map(
      (name) => measures[name]!.value!,
    );
    expect(scaled! / plain!).toBeCloseTo(arm === "with" ? 0.5 : 1, 6);
    expect(measures["zero-share"]!.value).toBeGreaterThan(0.1);
    expect(measures["extent"]!.value).toBeGreaterThan(10);
    expect(measures["reconstruction"]!.value).toBeLessThan(0.3);
  }
  const swapped = result.runs.map((run) => ({
    ...run,
    arm: run.arm === "with" ? "without" : "with",
  }));
  expect(checkFeatures(swapped).passed).toBe(false);
});

test("the verdict asks for a similar error, more zeros, less activity and smaller features", () => {
  type Numbers = Partial<Record<FeaturesMeasure, readonly [number, number]>>;
  const values = (numbers: Numbers): Parameters<typeof judge>[0] => {
    const filled = (name: FeaturesMeasure): MeasureSummary => {
      const own = result.measures[name]!;
      const [without, dropped] = numbers[name] ?? [1, 1];
      const perSeed = (value: number) => ({ 1: value, 2: value * 1.001, 3: value * 0.999 });
      const arms = {
        without: { ...own.arms["without"]!, perSeed: perSeed(without) },
        with: { ...own.arms["with"]!, perSeed: perSeed(dropped) },
      };
      return { ...own, arms };
    };
    return {
      reconstruction: filled("reconstruction"),
      "mean-activation": filled("mean-activation"),
      "mean-activation-scaled": filled("mean-activation-scaled"),
      "zero-share": filled("zero-share"),
      extent: filled("extent"),
    };
  };
  const claimed = {
    reconstruction: [0.004, 0.006],
    "mean-activation": [2, 1.4],
    "zero-share": [0.4, 0.8],
    extent: [200, 60],
  } as const;
  const passed = { passed: true, because: "" };
  expect(judge(values(claimed), passed).outcome).toBe("supports");
  for (const change of [
    { reconstruction: [0.004, 0.009] },
    { "zero-share": [0.4, 0.3] },
    { extent: [200, 260] },
  ] as const) {
    expect(judge(values({ ...claimed, ...change }), passed).outcome).toBe("contradicts");
  }
});

test("features are drawn as pictures and activations as histograms, in words too", () => {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const [features, activations] = dropoutFeatures.figures(result, document);
  for (const { svg } of features!.panels) expect(svg.match(/<image /g)).toHaveLength(64);
  for (const { svg } of activations!.panels) expect(svg).toMatch(/^<svg[^]*<path/);
  expect(activations!.numbers.rows).toHaveLength(EDGES.length - 1);
  for (const { alternative } of [features!, activations!]) {
    expect(alternative).not.toMatch(/NaN|undefined|–/);
  }
});

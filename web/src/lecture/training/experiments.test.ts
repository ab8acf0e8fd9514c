/** The chapters that train: their numbers are the studies' for the same settings. */
import { recordRun } from "evenkeel/experiments";
import { wasmBackend } from "evenkeel/run";
import { batchnormMnist } from "evenkeel/studies";
import type { TrainEvent } from "evenkeel/train";
import { beforeAll, describe, expect, test } from "vitest";
import { binaryDigits } from "../digits/binary-digits.ts";
import { SIGMOID_INPUT } from "../drift/drift-arms.ts";
import { driftExperiment } from "../drift/drift-experiment.ts";
import { LANDSCAPE } from "../landscape/landscape-arms.ts";
import { landscapeExperiment } from "../landscape/landscape-experiment.ts";
import { ratesExperiment } from "../rates/rates-experiment.ts";
import { INPUTS, SHIFT, shiftArms } from "../shift/shift-arms.ts";
import { shiftExperiment } from "../shift/shift-experiment.ts";
import { armSeries, probeSeries } from "./arm-series.ts";
import type { ArmEvent } from "./train-arms.ts";

const { signal } = new AbortController();

async function collect(events: AsyncIterable<ArmEvent>): Promise<ArmEvent[]> {
  const said: ArmEvent[] = [];
  for await (const event of events) said.push(event);
  return said;
}

describe("drift", () => {
  const steps = 24;
  let said: readonly ArmEvent[] = [];
  beforeAll(async () => {
    said = await collect(driftExperiment({ seed: 3, steps }, signal));
  });

  test.each(["plain", "bn"] as const)("%s is bitwise the study's run", async (arm) => {
    const mine = armSeries(arm, 3, said);
    const data = { ...(await binaryDigits()), name: "binary-digits", hash: "0", classes: 10 };
    const scale = { steps, seeds: 1, evaluateEvery: 1, observeEvery: 1, checkpointEvery: steps };
    const theirs: TrainEvent[] = [];
    const run = batchnormMnist.train({
      arm,
      seed: 3,
      scale,
      data,
      backend: wasmBackend(),
      saveCheckpoint: async () => {},
    });
    for await (const event of run) theirs.push(event);
    const record = recordRun(arm, 3, theirs);
    expect(mine.record.curve).toEqual(record.curve);
    expect(mine.record.probes[SIGMOID_INPUT]?.values).toEqual(
      record.probes["sigmoid-input"]?.values,
    );
    expect(mine.record.outcome).toBe("finished");
  });
});

describe("rates", () => {
  test("at thirty times the rate one network dies and the other goes on", async () => {
    const settings = { activation: "relu", factor: 30, seed: 1, steps: 40 } as const;
    const said = await collect(ratesExperiment(settings, signal));
    const [plain, bn] = ["plain", "bn"].map((arm) => armSeries(arm, 1, said));
    expect(plain!.record.outcome).toBe("diverged");
    expect(plain!.record.divergence!.step).toBeLessThan(40);
    expect(bn!.record.outcome).toBe("finished");
    expect(bn!.record.step).toBe(40);
    expect(bn!.accuracies.at(-1)!.y).toBeGreaterThan(0.6);
  });

  test("arms take turns, with the same batches", async () => {
    const settings = { activation: "sigmoid", factor: 1, seed: 1, steps: 3 } as const;
    const said = await collect(ratesExperiment(settings, signal));
    const steps = said.filter(({ event }) => event.type === "step");
    expect(steps.map(({ arm }) => arm)).toEqual(["plain", "bn", "plain", "bn", "plain", "bn"]);
    expect(said.map(({ event }) => event.type).slice(0, 2)).toEqual(["start", "start"]);
  });
});

test("noise puts drift back that batch normalization took away", async () => {
  const said = await collect(shiftExperiment({ seed: 1, steps: 30 }, signal));
  const [plain, bn, noisy] = shiftArms.map((arm) => armSeries(arm, 1, said));
  const travelled = [bn!, noisy!].map((arm) => {
    const medians = probeSeries(arm, INPUTS, "p50").map(({ y }) => y);
    return medians.reduce((sum, y, i) => sum + Math.abs(y - (medians[i - 1] ?? y)), 0);
  });
  expect(travelled[1]).toBeGreaterThan(1.5 * travelled[0]!);
  const cosines = probeSeries(plain!, SHIFT, "cosine").map(({ y }) => y);
  expect(cosines.length).toBe(31);
  expect(cosines.every((cosine) => cosine >= -1 && cosine <= 1)).toBe(true);
  expect(noisy!.losses.at(-1)!.y).toBeLessThan(noisy!.losses[0]!.y);
});

test("the landscape's band holds the losses it looked at, and looking changes nothing", async () => {
  const settings = { learningRate: 0.1, seed: 1, steps: 20 };
  const looked = await collect(landscapeExperiment(settings, signal));
  const plain = armSeries("plain", 1, looked);
  const low = probeSeries(plain, LANDSCAPE, "lossMin");
  const high = probeSeries(plain, LANDSCAPE, "lossMax");
  const half = probeSeries(plain, LANDSCAPE, "losses", 0);
  expect(low.length).toBe(21);
  expect(low.every(({ y }, i) => y <= half[i]!.y && half[i]!.y <= high[i]!.y)).toBe(true);
  // The loss it sees before step k is the one that step k reports of its batch.
  const seen = probeSeries(plain, LANDSCAPE, "loss");
  plain.losses.forEach(({ x, y }) => expect(seen[x - 1]!.y).toBeCloseTo(y, 5));
});

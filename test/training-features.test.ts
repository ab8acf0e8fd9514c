/** What a run may do beside plain training, on every backend: each resumes bitwise, each does what it says. */
import { describe, expect, test } from "vitest";
import type { Split } from "../src/data/dataset.ts";
import { gaussianBlobs, twoMoons } from "../src/data/generated.ts";
import {
  batchNorm,
  dropout,
  initialize,
  linear,
  relu,
  sequential,
  type Module,
  type Weights,
} from "../src/nn/index.ts";
import {
  adagrad,
  adam,
  crossEntropy,
  earlyStopping,
  evaluate,
  fit,
  l1,
  l2,
  maxNorm,
  oneCycle,
  predict,
  readCheckpoint,
  reduceOnPlateau,
  rmsProp,
  sgd,
  weightsOnly,
  type FitOptions,
  type TrainEvent,
} from "../src/train/index.ts";
import { backends } from "./backends.ts";

const moons = await twoMoons({ train: 70, test: 21, seed: 4 });
const network = (): Module =>
  sequential(linear(2, 6), batchNorm(6), relu(), dropout({ rate: 0.3 }), linear(6, 2));

function weighted(split: Split): Split {
  return { ...split, weights: Float32Array.from({ length: split.count }, (_, i) => (i % 4) / 2) };
}

async function eventsOf(run: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of run) {
    events.push(event.type === "done" ? { ...event, seconds: 0 } : event);
  }
  return events;
}

const evaluations = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === "evaluation" ? [event] : []));

/** A loss that gets worse from some step on: the rate explodes, then trains noise. */
const overshooting = sgd({ learningRate: (step) => (step < 6 ? 0.2 : 3), momentum: 0.9 });

const features: Readonly<Record<string, Partial<FitOptions>>> = {
  "rmsProp, centered, with momentum": { optimizer: rmsProp({ momentum: 0.8, centered: true }) },
  "adagrad with a falling rate": { optimizer: adagrad({ rateDecay: 0.1, learningRate: 0.1 }) },
  "one cycle of rate and momentum": {
    optimizer: sgd({
      learningRate: oneCycle({ steps: 17, peak: 0.3 }),
      momentum: oneCycle({ steps: 17, start: 0.95, peak: 0.85, end: 0.95 }),
    }),
  },
  "clipping, penalties, max-norm, decay by rule": {
    optimizer: adam({ learningRate: 0.05, weightDecay: 0.1, decayRule: weightsOnly }),
    clip: { globalNorm: 0.1 },
    penalties: [l1(0.01), l2(0.01)],
    constraints: [maxNorm(0.5)],
  },
  "averages, evaluated": { average: { decay: 0.8 }, evaluateWith: "average", evaluateEvery: 2 },
  "averages with a warm-up, population statistics": {
    average: { decay: (step) => Math.min(0.99, (1 + step) / (10 + step)) },
    evaluateWith: "average",
    statistics: "population",
  },
  "a rate reduced on plateaus": {
    optimizer: overshooting,
    steer: [reduceOnPlateau({ patience: 0, cooldown: 1, factor: 0.5 })],
    evaluateEvery: 1,
  },
  "early stopping": {
    optimizer: overshooting,
    steer: [earlyStopping({ patience: 3 }), reduceOnPlateau({ patience: 1 })],
    average: { decay: 0.5 },
    evaluateWith: "average",
    evaluateEvery: 1,
  },
  "weights of classes and examples, smooth labels": {
    data: { train: weighted(moons.train), test: weighted(moons.test) },
    loss: crossEntropy({ classWeights: [2, 0.5], labelSmoothing: 0.1 }),
  },
};

describe.each(backends)("on $description", (backend) => {
  const options = () =>
    ({
      data: moons,
      loss: crossEntropy(),
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
      steps: 17,
      batchSize: 8,
      seed: 11,
      backend,
    }) satisfies FitOptions;

  describe.each(Object.entries(features))("%s", (_, changes) => {
    test.each([3, 8])("resumed after step %i it is bitwise the uninterrupted run", async (at) => {
      const settings = { ...options(), ...changes } as FitOptions;
      const saved: Uint8Array[] = [];
      const onCheckpoint = (step: number, bytes: Uint8Array): void => {
        if (step === at) saved.push(bytes);
      };
      const whole = fit(network(), { ...settings, checkpointEvery: at, onCheckpoint });
      const said = (await eventsOf(whole)).filter(({ type }) => type !== "checkpoint");
      const resumed = fit(network(), { ...settings, resumeFrom: saved[0]! });
      const [start, ...rest] = await eventsOf(resumed);
      expect(start).toMatchObject({ type: "start", step: at });
      expect(rest).toEqual(said.filter(({ type, step }) => step > at && type !== "start"));
      expect(resumed.checkpoint()).toEqual(whole.checkpoint());
      expect(resumed.weights()).toEqual(whole.weights());
      expect(resumed.average()).toEqual(whole.average());
      expect(JSON.parse(JSON.stringify(said))).toEqual(said);
    });
  });

  test.each(["step", "evaluation", "steer", "epoch"])(
    "left at any %s event it goes on as if it had not been left",
    async (kind) => {
      const settings = { ...options(), ...features["early stopping"]! } as FitOptions;
      const whole = fit(network(), settings);
      const said = await eventsOf(whole);
      const places = said.flatMap(({ type, step }, i) => (type === kind && step > 0 ? [i] : []));
      expect(places.length).toBeGreaterThan(0);
      for (const place of new Set([places[0]!, places.at(-1)!])) {
        const left = fit(network(), settings);
        const seen: TrainEvent[] = [];
        for await (const event of left) if (seen.push(event) > place) break;
        const rest = fit(network(), { ...settings, resumeFrom: left.checkpoint() });
        await rest.finish();
        expect(rest.checkpoint()).toEqual(whole.checkpoint());
        expect(rest.weights()).toEqual(whole.weights());
      }
    },
  );

  test("max-norm holds after every update, whatever the updates want", async () => {
    const limit = 0.4;
    const settings = {
      ...options(),
      optimizer: adam({ learningRate: 0.3 }),
      constraints: [maxNorm(limit)],
    };
    const model = sequential(linear(2, 6), relu(), linear(6, 2));
    const run = fit(model, settings);
    let reached = 0;
    for await (const event of run) {
      if (event.type !== "step") continue;
      for (const path of ["0.weight", "2.weight"]) {
        for (const norm of columnNorms(run.weights(), path)) {
          expect(norm).toBeLessThan(limit * (1 + 1e-6));
          if (norm > limit * (1 - 1e-6)) reached++;
        }
      }
    }
    expect(reached).toBeGreaterThan(20);
    expect(Math.hypot(...run.weights().get("0.bias")!.data)).toBeGreaterThan(limit);
  });

  test("a plateau shrinks the steps that follow it, by what it says", async () => {
    const settings = { ...options(), steps: 3, evaluateEvery: 1 };
    // Nothing improves by 99 %, so each evaluation is a plateau.
    const never = reduceOnPlateau({ patience: 0, threshold: 0.99, factor: 0.25 });
    const plain = sgd({ learningRate: (step) => 0.1 * 0.25 ** step });
    const steered = fit(network(), {
      ...settings,
      optimizer: sgd({ learningRate: 0.1 }),
      steer: [never],
    });
    const scheduled = fit(network(), { ...settings, optimizer: plain });
    const events = await eventsOf(steered);
    await scheduled.finish();
    expect(steered.weights()).toEqual(scheduled.weights());
    expect(events.filter(({ type }) => type === "steer")).toEqual(
      [1, 2, 3].map((step) => ({
        type: "steer",
        step,
        by: "reduceOnPlateau",
        rateFactor: 0.25 ** step,
        best: false,
        stop: null,
      })),
    );
  });

  test("early stopping ends with the weights of the best evaluation, to the bit", async () => {
    const settings = { ...options(), optimizer: overshooting, evaluateEvery: 1, steps: 200 };
    const run = fit(network(), { ...settings, steer: [earlyStopping({ patience: 4 })] });
    const events = await eventsOf(run);
    const losses = evaluations(events).map(({ result }) => result.loss);
    const best = losses.indexOf(Math.min(...losses));
    expect(events.at(-1)).toMatchObject({ type: "done", step: best + 5, outcome: "stopped" });
    expect(events.at(-2)).toMatchObject({
      type: "steer",
      stop: `no improvement in 5 evaluations since step ${best}`,
    });
    const short = fit(network(), { ...settings, steps: best });
    await short.finish();
    expect(run.weights()).toEqual(short.weights());
    const last = readCheckpoint(run.checkpoint());
    expect(last.header.step).toBe(best + 5);
    expect(last.weights.get("0.weight")).not.toEqual(run.weights().get("0.weight"));
    const again = fit(network(), {
      ...settings,
      steer: [earlyStopping({ patience: 4 })],
      resumeFrom: run.checkpoint(),
    });
    expect((await eventsOf(again)).map(({ type }) => type)).toEqual(["start", "done"]);
    expect(again.weights()).toEqual(run.weights());
  });

  test("without restore the last weights stay", async () => {
    const settings = { ...options(), optimizer: overshooting, evaluateEvery: 1, steps: 200 };
    const steer = [earlyStopping({ patience: 4, restore: false })];
    const run = fit(network(), { ...settings, steer });
    await run.finish();
    const last = readCheckpoint(run.checkpoint());
    expect(run.weights()).toEqual(last.weights);
  });

  test("evaluating with averages is evaluating the averages, and leaves the weights alone", async () => {
    const settings = { ...options(), average: { decay: 0.7 } };
    const [plain, averaged] = [
      fit(network(), settings),
      fit(network(), { ...settings, evaluateWith: "average" }),
    ];
    const [, events] = await Promise.all([eventsOf(plain), eventsOf(averaged)]);
    expect(averaged.weights()).toEqual(plain.weights());
    const { loss } = options();
    const direct = await evaluate(network(), averaged.average()!, moons.test, { loss, backend });
    expect(evaluations(events).at(-1)!.result).toEqual({ ...direct, weights: "average" });
    const current = await evaluate(network(), averaged.weights(), moons.test, { loss, backend });
    expect(direct.loss).not.toBe(current.loss);
  });

  test("steps say the penalty apart from the loss", async () => {
    const run = fit(network(), { ...options(), steps: 1, penalties: [l1(0.5), l2(2)] });
    const weights = run.weights();
    const events = await eventsOf(run);
    const values = ["0.weight", "4.weight"].flatMap((path) => [...weights.get(path)!.data]);
    const expected = values.reduce((sum, w) => sum + 0.5 * Math.abs(w) + 2 * w * w, 0);
    const [step] = events.flatMap((event) => (event.type === "step" ? [event] : []));
    expect(step!.penalty).toBeCloseTo(expected, 5);
    const [plain] = (await eventsOf(fit(network(), { ...options(), steps: 1 }))).flatMap((event) =>
      event.type === "step" ? [event] : [],
    );
    expect(step!.loss).toBeCloseTo(plain!.loss, 6);
    expect(plain).not.toHaveProperty("penalty");
  });

  test("a weighted evaluation is the weighted mean over all examples", async () => {
    const blobs = await gaussianBlobs({ train: 5, test: 521, features: 3, classes: 4, seed: 2 });
    const model = sequential(linear(3, 4));
    const weights = initialize(model, 3);
    const classWeights = [1, 0, 2.5, 0.5];
    const loss = crossEntropy({ classWeights });
    const split = weighted(blobs.test);
    const result = await evaluate(model, weights, split, { loss, backend });
    const { data } = await predict(model, weights, split, { backend });
    let [total, divisor] = [0, 0];
    for (let row = 0; row < 521; row++) {
      const logits = [...data.subarray(4 * row, 4 * row + 4)];
      const label = split.targets[row]!;
      const share = classWeights[label]! * split.weights![row]!;
      const own = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0)) - logits[label]!;
      total += share * own;
      divisor += share;
    }
    expect(result.loss).toBeCloseTo(total / divisor, 5);
  });

  test("a batch whose weights are all 0 changes nothing and is no divergence", async () => {
    const zeros = new Float32Array(70);
    zeros[0] = 1;
    const data = { train: { ...moons.train, weights: zeros } };
    const model = sequential(linear(2, 2));
    const run = fit(model, { ...options(), data, optimizer: sgd({ learningRate: 1 }) });
    const events = await eventsOf(run);
    const losses = events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
    expect(losses.filter((loss) => loss === 0).length).toBeGreaterThanOrEqual(14);
    expect(events.at(-1)).toMatchObject({ outcome: "finished" });
  });

  test("a step that diverges after a plateau is reached again with the rate it had", async () => {
    const settings = {
      ...options(),
      optimizer: sgd({ learningRate: (step) => (step === 9 ? 1e38 : 0.1) }),
      steer: [reduceOnPlateau({ patience: 0, threshold: 0.99, factor: 0.9, split: "train" })],
      evaluateOn: ["train"] as const,
      evaluateEvery: 4,
    };
    const model = sequential(linear(2, 3), relu(), linear(3, 2));
    const run = fit(model, settings);
    const events = await eventsOf(run);
    const diverged = events.find((event) => event.type === "diverged")!;
    expect(diverged.step).toBeGreaterThan(8);
    const upToThere = fit(model, settings);
    for await (const event of upToThere) {
      if (event.type === "step" && event.step === diverged.step - 1) break;
    }
    expect(run.weights()).toEqual(upToThere.weights());
  });
});

function columnNorms(weights: Weights, path: string): number[] {
  const { data, shape } = weights.get(path)!;
  const [rows, columns] = shape as [number, number];
  return Array.from({ length: columns }, (_, c) =>
    Math.hypot(...Array.from({ length: rows }, (__, r) => data[r * columns + c]!)),
  );
}

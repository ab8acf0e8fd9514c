/** What a training run promises, on every backend: repeatable, resumable, observable, honest. */
import { describe, expect, test } from "vitest";
import { OptionError } from "../src/base/errors.ts";
import type { Dataset } from "../src/data/dataset.ts";
import { teacherRegression, twoMoons } from "../src/data/generated.ts";
import { mul, state } from "../src/graph/index.ts";
import {
  batchNorm,
  constant,
  defineModule,
  dropout,
  linear,
  ones,
  parameter,
  relu,
  sequential,
  type Module,
  type Weights,
} from "../src/nn/index.ts";
import {
  adam,
  crossEntropy,
  fit,
  meanSquaredError,
  sgd,
  type FitOptions,
  type Observer,
  type TrainEvent,
} from "../src/train/index.ts";
import { backends } from "./backends.ts";

const moons = await twoMoons({ train: 70, test: 21, seed: 4 });
const network = (): Module =>
  sequential(linear(2, 6), batchNorm(6), relu(), dropout({ rate: 0.3 }), linear(6, 2));

/** All events of a run, without the clock. */
async function eventsOf(run: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of run) {
    events.push(event.type === "done" ? { ...event, seconds: 0 } : event);
  }
  return events;
}

/** The bits of every weight. */
function bitsOf(weights: Weights): Record<string, readonly number[]> {
  return Object.fromEntries(
    [...weights].map(([path, { data }]) => [
      path,
      [...new Uint32Array(data.buffer, data.byteOffset, data.length)],
    ]),
  );
}

describe.each(backends)("on $description", (backend) => {
  const options = () =>
    ({
      data: moons,
      loss: crossEntropy(),
      optimizer: sgd({ learningRate: (step) => 0.1 / (1 + step / 10), momentum: 0.9 }),
      steps: 17,
      batchSize: 8,
      seed: 11,
      backend,
    }) satisfies FitOptions;

  test("events come in a fixed order, and all survive JSON", async () => {
    const run = fit(network(), { ...options(), evaluateEvery: 10, reportEvery: 5 });
    const events = await eventsOf(run);
    expect(events.map(({ type, step }) => `${type} ${step}`)).toEqual([
      "start 0",
      "evaluation 0",
      "step 5",
      "epoch 8",
      "step 10",
      "evaluation 10",
      "step 15",
      "epoch 16",
      "step 17",
      "evaluation 17",
      "done 17",
    ]);
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
    expect(events[0]).toEqual({
      type: "start",
      step: 0,
      steps: 17,
      stepsPerEpoch: 8,
      backend: backend.description,
    });
  });

  test("learns two moons", async () => {
    const model = sequential(linear(2, 16), relu(), linear(16, 2));
    const settings = { ...options(), optimizer: adam({ learningRate: 0.05 }) };
    const events = await eventsOf(fit(model, { ...settings, steps: 120 }));
    const evaluations = events.filter((event) => event.type === "evaluation");
    expect(evaluations[0]!.result.loss).toBeGreaterThan(0.4);
    expect(evaluations.at(-1)!.result.loss).toBeLessThan(0.2);
    expect(evaluations.at(-1)!.result.accuracy).toBeGreaterThan(0.9);
    expect(evaluations.at(-1)!.result.examples).toBe(21);
  });

  test("an epoch's loss is the mean of its steps', its accuracy the share", async () => {
    const events = await eventsOf(fit(network(), { ...options(), steps: 8 }));
    const steps = events.filter((event) => event.type === "step");
    const epoch = events.find((event) => event.type === "epoch")!;
    expect(epoch.loss).toBeCloseTo(steps.reduce((sum, { loss }) => sum + loss, 0) / 8, 12);
    expect(epoch.accuracy).toBeCloseTo(
      steps.reduce((sum, { accuracy }) => sum + accuracy!, 0) / 8,
      12,
    );
  });

  test("the same seed gives bitwise the same weights, another seed does not", async () => {
    const runs = [fit(network(), options()), fit(network(), options())];
    const [events, again] = await Promise.all(runs.map(eventsOf));
    expect(again).toEqual(events);
    expect(bitsOf(runs[1]!.weights())).toEqual(bitsOf(runs[0]!.weights()));
    const other = fit(network(), { ...options(), seed: 12 });
    await other.finish();
    expect(bitsOf(other.weights())).not.toEqual(bitsOf(runs[0]!.weights()));
  });

  test.each([1, 5, 8, 16])(
    "resumed after step %i it is bitwise the uninterrupted run",
    async (at) => {
      for (const optimizer of [options().optimizer, adam({ learningRate: 0.01 })]) {
        const saved: Uint8Array[] = [];
        const onCheckpoint = (step: number, bytes: Uint8Array): void => {
          if (step === at) saved.push(bytes);
        };
        const settings = { ...options(), optimizer, evaluateEvery: 5 };
        const whole = fit(network(), { ...settings, checkpointEvery: at, onCheckpoint });
        const said = (await eventsOf(whole)).filter(({ type }) => type !== "checkpoint");
        const resumed = fit(network(), { ...settings, resumeFrom: saved[0]! });
        const [start, ...rest] = await eventsOf(resumed);
        expect(start).toMatchObject({ type: "start", step: at });
        expect(rest).toEqual(said.filter(({ type, step }) => step > at && type !== "start"));
        expect(resumed.checkpoint()).toEqual(whole.checkpoint());
      }
    },
  );

  test("an observer changes nothing: bitwise the same weights and events", async () => {
    const seen: number[] = [];
    const watch: Observer = {
      name: "first-weight",
      unit: "1",
      every: 6,
      async prepare({ tree, session }) {
        const { slot } = tree.members[0]!;
        // A program of its own, compiled after the training step.
        const value = mul(state(slot), 2);
        const executable = await session.compile({ outputs: { value }, writes: [] });
        return () => {
          executable.run();
          seen.push(executable.output("value")[0]! / 2);
          return { value: seen.at(-1)! };
        };
      },
    };
    const [plain, watched] = [
      fit(network(), options()),
      fit(network(), { ...options(), observe: [watch] }),
    ];
    const first = plain.weights().get("0.weight")!.data[0]!;
    const [without, within] = await Promise.all([eventsOf(plain), eventsOf(watched)]);
    const done = within.at(-1)!;
    expect(Object.keys((done.type === "done" && done.observing) || {})).toEqual(["first-weight"]);
    expect(within.filter(({ type }) => type !== "probe")).toEqual([
      ...without.slice(0, -1),
      { ...without.at(-1)!, observing: expect.any(Object) as unknown },
    ]);
    expect(bitsOf(watched.weights())).toEqual(bitsOf(plain.weights()));
    const probes = within.filter((event) => event.type === "probe");
    expect(probes.map(({ step }) => step)).toEqual([0, 6, 12, 17]);
    expect(probes[0]!.values).toEqual({ value: first });
    expect(seen.at(-1)).toBe(plain.weights().get("0.weight")!.data[0]);
  });

  test("a user's own layer trains", async () => {
    const gained = defineModule("gain(1)", { gain: parameter([1], ones) }, (x, pass, { gain }) =>
      mul(x, pass.read(gain)),
    );
    const data = await teacherRegression({ train: 40, test: 7, features: 3 });
    const run = fit(sequential(linear(3, 1), gained), {
      data,
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.05 }),
      epochs: 6,
      batchSize: 10,
      seed: 1,
      backend,
    });
    const events = await eventsOf(run);
    const losses = events.flatMap((event) =>
      event.type === "evaluation" ? event.result.loss : [],
    );
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(run.weights().get("1.gain")!.data[0]).not.toBe(1);
    const accuracies = events.flatMap((event) => (event.type === "step" ? [event.accuracy] : []));
    expect(new Set(accuracies)).toEqual(new Set([null]));
  });

  test("evaluates with population statistics and leaves the running ones alone", async () => {
    const settings = { ...options(), evaluateEvery: 4 };
    const [running, population] = [
      fit(network(), settings),
      fit(network(), { ...settings, statistics: "population" }),
    ];
    const [first, second] = [await eventsOf(running), await eventsOf(population)];
    expect(bitsOf(population.weights())).toEqual(bitsOf(running.weights()));
    const results = (events: TrainEvent[]) =>
      events.flatMap((event) => (event.type === "evaluation" ? [event.result] : []));
    expect(new Set(results(second).map(({ statistics }) => statistics))).toEqual(
      new Set(["population"]),
    );
    expect(results(second).at(-1)!.loss).not.toBe(results(first).at(-1)!.loss);
  });

  describe("when the loss stops being finite", () => {
    test("the run says where, goes back to before that step, and ends", async () => {
      const model = sequential(
        linear(3, 4),
        relu(),
        linear(4, 4, { weight: constant(1e30) }),
        linear(4, 1, { weight: constant(1e30) }),
      );
      const data = await teacherRegression({ train: 20, test: 2, features: 3 });
      const settings = { ...options(), data, loss: meanSquaredError(), evaluateOn: [] };
      const run = fit(model, settings);
      const before = bitsOf(run.weights());
      const events = await eventsOf(run);
      expect(events.slice(1)).toEqual([
        { type: "diverged", step: 1, loss: "Infinity", layer: "3" },
        { type: "done", step: 0, seconds: 0, outcome: "diverged" },
      ]);
      expect(bitsOf(run.weights())).toEqual(before);
    });

    test("later too: the steps up to it are run again from a copy", async () => {
      const explosive = {
        ...options(),
        optimizer: sgd({ learningRate: (step) => (step === 9 ? 1e38 : 0.1) }),
      };
      const model = sequential(linear(2, 3), relu(), linear(3, 2));
      const run = fit(model, { ...explosive, evaluateOn: [] });
      const events = await eventsOf(run);
      const diverged = events.find((event) => event.type === "diverged")!;
      const upToThere = fit(model, { ...explosive, evaluateOn: [], steps: diverged.step - 1 });
      await upToThere.finish();
      expect(diverged.step).toBeGreaterThan(9);
      expect(events.at(-1)).toMatchObject({ step: diverged.step - 1, outcome: "diverged" });
      expect(bitsOf(run.weights())).toEqual(bitsOf(upToThere.weights()));
    });

    test("and the batch itself is to blame, it says so", async () => {
      const inputs = moons.train.inputs.map((value, i) => (i === 9 ? Number.NaN : value));
      const data: Dataset = {
        ...moons,
        train: { ...moons.train, inputs: Float32Array.from(inputs) },
      };
      const events = await eventsOf(fit(network(), { ...options(), data, evaluateOn: [] }));
      expect(events.find((event) => event.type === "diverged")).toMatchObject({ layer: "input" });
    });
  });

  test("weights lost in the very last update show in the evaluation after it", async () => {
    const run = fit(sequential(linear(2, 2)), {
      ...options(),
      optimizer: sgd({ learningRate: (step) => (step === 2 ? 1e39 : 0.1) }),
      steps: 3,
    });
    const events = await eventsOf(run);
    expect(events.slice(-3)).toEqual([
      expect.objectContaining({ type: "step", step: 3 }),
      { type: "diverged", step: 3, loss: "NaN", layer: "0" },
      { type: "done", step: 3, seconds: 0, outcome: "diverged" },
    ]);
  });

  test("timers get their turn while it runs", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1);
    const settings = { ...options(), steps: 1e9, signal: controller.signal, reportEvery: 1e9 };
    expect((await fit(network(), settings).finish()).outcome).toBe("aborted");
  });

  test("an aborted run stops between two steps and can be resumed", async () => {
    const controller = new AbortController();
    const run = fit(network(), { ...options(), signal: controller.signal });
    const events: TrainEvent[] = [];
    for await (const event of run) {
      events.push(event);
      if (event.type === "step" && event.step === 6) controller.abort();
    }
    expect(events.at(-1)).toMatchObject({ type: "done", step: 6, outcome: "aborted" });
    const rest = fit(network(), { ...options(), resumeFrom: run.checkpoint() });
    const whole = fit(network(), options());
    await Promise.all([rest.finish(), whole.finish()]);
    expect(bitsOf(rest.weights())).toEqual(bitsOf(whole.weights()));
  });

  test("a run left early stands still", async () => {
    const run = fit(network(), options());
    for await (const event of run) if (event.type === "step" && event.step === 3) break;
    const short = fit(network(), { ...options(), steps: 3 });
    await short.finish();
    expect(bitsOf(run.weights())).toEqual(bitsOf(short.weights()));
    expect(() => run[Symbol.asyncIterator]()).toThrow(OptionError);
    expect(() => run[Symbol.asyncIterator]()).toThrow(
      "fit: a run is iterated once, got a second iteration",
    );
  });
});

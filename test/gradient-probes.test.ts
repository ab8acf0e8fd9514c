/** The probes that differentiate, against plain loops and central differences, on every backend. */
import { describe, expect, test } from "vitest";
import {
  activationHistogram,
  activationStatistics,
  covariateShift,
  gradientNorms,
  hessianSpectrum,
  lossLandscape,
  NOT_FINITE,
  probeSite,
  unitMoments,
  type Probe,
} from "../src/probes/index.ts";
import { gaussianVector } from "../src/probes/gaussian-vector.ts";
import { streamKey } from "../src/base/random.ts";
import {
  batchNorm,
  crossEntropy,
  dropout,
  initialize,
  linear,
  meanSquaredError,
  memberTree,
  parallel,
  relu,
  sequential,
  tanh,
  trace,
} from "../src/nn/index.ts";
import { derivatives, input } from "../src/graph/index.ts";
import { reference } from "../src/run/reference.ts";
import { fit, sgd, type TrainEvent } from "../src/train/index.ts";
import { backends } from "./backends.ts";
import {
  flat,
  learned,
  slowBatches,
  slowDot,
  slowExamples,
  slowGradient,
  slowLoss,
  slowMove,
  slowNorm,
  slowSite,
  slowValues,
  type Numbers,
} from "./slow-network.ts";

const PHASES = ["train", "eval"] as const;
const STEP_SIZES = [0.05, 0.8, 6] as const;
const surface = {
  loss: crossEntropy(),
  examples: slowExamples,
  count: 24,
  batchSize: 12,
  every: 1,
} as const;

const cosine = (a: readonly number[], b: readonly number[]): number =>
  slowDot(a, b) / slowNorm(a) / slowNorm(b);
const gap = (a: readonly number[], b: readonly number[]): number =>
  slowNorm(a.map((value, i) => value - b[i]!));

function expectClose(actual: unknown, expected: readonly number[], tolerance = 2e-4): void {
  const list = typeof actual === "number" ? [actual] : (actual as readonly number[]);
  expect(list).toHaveLength(expected.length);
  list.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(
      tolerance * Math.max(1, Math.abs(expected[i]!)),
    );
  });
}

describe.each(backends)("$description", (backend) => {
  test.each(PHASES)("lossLandscape agrees with plain loops, normalization in %s", async (phase) => {
    const probe = lossLandscape({ ...surface, name: "landscape", phase, stepSizes: STEP_SIZES });
    const found = (await probe.prepare(await slowSite(backend)))(0);
    const values = slowValues();
    const loss = (at: Numbers): number => slowLoss(at, slowBatches(24, 12, phase));
    const gradient = slowGradient(values, loss);
    const there = STEP_SIZES.map((length) => slowMove(values, gradient, { length }));
    const gradients = there.map((at) => flat(slowGradient(at, loss)));
    const [before, norm] = [flat(gradient), slowNorm(flat(gradient))];
    const distances = gradients.map((after) => gap(before, after));
    expectClose(found["loss"], [loss(values)]);
    expectClose(found["gradientNorm"], [norm]);
    expectClose(found["losses"], there.map(loss));
    expectClose(found["distances"], distances);
    expectClose(
      found["cosines"],
      gradients.map((after) => cosine(before, after)),
    );
    expectClose(found["lossMin"], [Math.min(...there.map(loss))]);
    expectClose(found["lossMax"], [Math.max(...there.map(loss))]);
    expectClose(found["distanceMin"], [Math.min(...distances)]);
    expectClose(found["distanceMax"], [Math.max(...distances)]);
    const rates = distances.map((distance, i) => distance / (STEP_SIZES[i]! * norm));
    expectClose(found["smoothness"], [Math.max(...rates)], 1e-3);
    const slopes = there.map(
      (at, i) => Math.abs(loss(at) - loss(values)) / (STEP_SIZES[i]! * norm),
    );
    expectClose(found["lipschitz"], [Math.max(...slopes)], 1e-3);
    expect(found["lost"]).toBe(0);
    // Far from trivial: the loss falls along −g at first, and the gradient turns.
    expect((found["losses"] as readonly number[])[0]).toBeLessThan(found["loss"] as number);
    expect((found["cosines"] as readonly number[])[2]).toBeLessThan(0.9);
  });

  test("a random direction is as long as the gradient, and new at each observation", async () => {
    const direction = { seed: 5 };
    const options = { ...surface, name: "landscape", phase: "train", stepSizes: [0.8] } as const;
    const observe = await lossLandscape({ ...options, direction }).prepare(await slowSite(backend));
    const values = slowValues();
    const loss = (at: Numbers): number => slowLoss(at, slowBatches(24, 12, "train"));
    const norm = slowNorm(flat(slowGradient(values, loss)));
    for (const step of [0, 7]) {
      const drawn = gaussianVector(62, streamKey(5, "probe/direction", step), norm);
      let from = 0;
      const along = new Map(
        learned(values).map((path) => {
          const { length } = values.get(path)!;
          from += length;
          return [path, drawn.slice(from - length, from)];
        }),
      );
      expect(from).toBe(62);
      expectClose(observe(step)["losses"], [loss(slowMove(values, along, { length: 0.8 }))]);
    }
  });

  test.each(PHASES)(
    "covariateShift agrees with plain loops, normalization in %s",
    async (phase) => {
      const values = slowValues();
      const loss = (at: Numbers): number => slowLoss(at, slowBatches(24, 12, phase));
      const gradient = slowGradient(values, loss);
      for (const parameters of ["all", "weight"] as const) {
        const layers = ["6", "3", "4"];
        const options = { ...surface, name: "shift", phase, layers, learningRate: 3, parameters };
        if (parameters === "weight") options.layers = ["6", "3"];
        const found = (await covariateShift(options).prepare(await slowSite(backend)))(0);
        const expected = options.layers.map((layer) => {
          const own = (path: string): boolean =>
            path.startsWith(`${layer}.`) && (parameters === "all" || path.endsWith("weight"));
          const moves = (path: string): boolean => Number(path[0]) < Number(layer);
          const after = slowGradient(slowMove(values, gradient, { length: 3, moves }), loss);
          return [flat(gradient, own), flat(after, own)] as const;
        });
        expectClose(
          found["distance"],
          expected.map(([a, b]) => gap(a, b)),
        );
        expectClose(
          found["cosine"],
          expected.map(([a, b]) => cosine(a, b)),
          2e-3,
        );
        expectClose(
          found["gradientNorm"],
          expected.map(([a]) => slowNorm(a)),
        );
        expectClose(
          found["relative"],
          expected.map(([a, b]) => gap(a, b) / slowNorm(a)),
          2e-3,
        );
        expect(Math.min(...(found["cosine"] as readonly number[]))).toBeLessThan(0.99);
      }
    },
  );

  test("a probe changes no slot, and training with probes is bitwise training without", async () => {
    const model = sequential(
      linear(3, 4),
      batchNorm(4),
      relu(),
      dropout({ rate: 0.3 }),
      linear(4, 2),
    );
    const options = {
      ...surface,
      phase: "train",
      seed: 9,
      noise: true,
      count: 4,
      batchSize: 4,
    } as const;
    const probes: readonly Probe[] = [
      lossLandscape({ ...options, name: "landscape", stepSizes: [0.1, 1] }),
      covariateShift({ ...options, name: "shift", layers: ["4"], learningRate: 0.1 }),
      gradientNorms({ ...options, name: "norms", learningRate: 0.1 }),
      hessianSpectrum({ ...options, name: "spectrum", iterations: 2, vectors: 1 }),
      activationStatistics({ ...options, name: "statistics", layers: ["2"], saturation: "relu" }),
      unitMoments({ ...options, name: "moments", layer: "2" }),
      activationHistogram({
        ...options,
        name: "histogram",
        layer: "2",
        bins: { from: -3, to: 3, count: 6 },
      }),
    ];
    const train = async (observe: readonly Probe[]): Promise<[TrainEvent[], Uint8Array]> => {
      const run = fit(model, {
        data: { train: slowExamples },
        loss: crossEntropy(),
        optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
        steps: 8,
        batchSize: 4,
        seed: 9,
        backend,
        observe,
      });
      const events: TrainEvent[] = [];
      for await (const event of run) events.push(event);
      return [events, run.checkpoint()];
    };
    const [[plain, without], [watched, within]] = [await train([]), await train(probes)];
    expect(Buffer.from(within).equals(Buffer.from(without))).toBe(true);
    const seen = watched.filter((event) => event.type === "probe");
    expect(seen).toHaveLength(9 * probes.length);
    expect(JSON.parse(JSON.stringify(seen))).toEqual(seen);
    expect(seen[0]!.mode).toContain("random layers draw");
    // What the probe sees after n updates is the very batch, with the masks, of step n + 1.
    const losses = plain.flatMap((event) => (event.type === "step" ? [event.loss] : []));
    const looked = seen.flatMap(({ probe, values }) =>
      probe === "landscape" ? [values["loss"] as number] : [],
    );
    expect(losses).toHaveLength(8);
    losses.forEach((loss, i) => expect(looked[i]).toBeCloseTo(loss, 6));
    const done = watched.at(-1)!;
    expect(Object.keys((done.type === "done" && done.observing) || {})).toEqual(
      probes.map(({ name }) => name),
    );
  });
});

test("several batches are the next ones of the training, over the end of an epoch", async () => {
  const model = sequential(linear(3, 4), batchNorm(4), relu(), linear(4, 2));
  const batch = {
    examples: slowExamples,
    count: 8,
    batchSize: 4,
    seed: 9,
    phase: "train",
  } as const;
  const common = { ...batch, loss: crossEntropy(), stepSizes: [1], every: 1 };
  const events: TrainEvent[] = [];
  const run = fit(model, {
    data: { train: slowExamples },
    loss: crossEntropy(),
    // The weights hardly move, so what the probe saw two batches ahead is what training sees there.
    optimizer: sgd({ learningRate: 1e-9 }),
    steps: 12,
    batchSize: 4,
    seed: 9,
    backend: reference,
    observe: [lossLandscape({ ...common, name: "landscape" })],
  });
  for await (const event of run) events.push(event);
  const losses = events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
  const seen = events.flatMap((event) => (event.type === "probe" ? [event.values["loss"]] : []));
  expect(losses).toHaveLength(12);
  for (let step = 0; step + 1 < 12; step++) {
    expect(seen[step]).toBeCloseTo((losses[step]! + losses[step + 1]!) / 2, 5);
  }
});

test("below a layer is what its input is computed from: not the branch beside it", async () => {
  const model = sequential(
    linear(3, 3),
    parallel([sequential(linear(3, 3), tanh()), linear(3, 3)], "add"),
    linear(3, 2),
  );
  const session = await reference.open();
  const tree = memberTree(model);
  for (const { path, slot } of tree.members) {
    session.write(slot, initialize(model, 1).get(path)!.data);
  }
  const layer = "1.branches.1";
  const options = { ...surface, name: "shift", phase: "train", layers: [layer] } as const;
  const probe = covariateShift({ ...options, learningRate: 2 });
  const found = (await probe.prepare({ model, tree, session }))(0);

  // By moving the slots of the first layer themselves.
  const traced = trace(model, input("x", [24, 3]), { phase: "train", tree });
  const loss = crossEntropy().apply(traced.output, input("target", [24], "i32"));
  const values = traced.parameters.map(({ value }) => value);
  const paths = traced.parameters.map(({ path }) => path);
  const gradients = derivatives(loss, values);
  const outputs = Object.fromEntries(gradients.map((gradient, i) => [paths[i]!, gradient]));
  const executable = await session.compile({ outputs, writes: [] });
  const gradientNow = (): Map<string, Float64Array> => {
    executable.input("x").set(slowExamples.inputs);
    executable.input("target").set(slowExamples.targets);
    executable.run();
    return new Map(paths.map((path) => [path, Float64Array.from(executable.output(path))]));
  };
  const before = gradientNow();
  for (const { path, slot } of tree.members.filter((member) => member.path.startsWith("0."))) {
    session.write(
      slot,
      session.read(slot).map((value, i) => value - 2 * before.get(path)![i]!),
    );
  }
  const own = (path: string): boolean => path.startsWith(layer);
  const after = gradientNow();
  expectClose(found["distance"], [gap(flat(before, own), flat(after, own))]);
  expect((found["relative"] as readonly number[])[0]).toBeGreaterThan(0.01);
});

test("a loss that is not finite is told as lost, and survives JSON", async () => {
  const model = sequential(linear(1, 3), relu(), linear(3, 1));
  const examples = {
    inputs: Float32Array.of(1, 2, 3, 4),
    targets: Float32Array.of(1, 2, 3, 4),
    targetShape: [1],
    shape: [1],
    count: 4,
  };
  const options = { loss: meanSquaredError(), examples, count: 4, batchSize: 4, every: 1 } as const;
  const stepSizes = [1e-3, 1e30];
  const probe = lossLandscape({ ...options, name: "far", phase: "train", stepSizes });
  const site = await probeSite(model, initialize(model, 1), { backend: reference });
  const found = (await probe.prepare(site))(0);
  expect(found["lost"]).toBe(1);
  expect((found["losses"] as readonly number[])[1]).toBe(NOT_FINITE);
  expect(found["lossMax"]).toBe((found["losses"] as readonly number[])[0]);
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
});

test("a site holds the weights it was given, and refuses those of another model", async () => {
  const model = linear(3, 2);
  const weights = initialize(model, 4);
  const { session, tree } = await probeSite(model, weights, { backend: reference });
  for (const { path, slot } of tree.members) {
    expect([...session.read(slot)]).toEqual([...weights.get(path)!.data]);
  }
  await expect(probeSite(linear(3, 3), weights, { backend: reference })).rejects.toThrow(
    "probeSite: weights must fit the model",
  );
});

describe("refuses", () => {
  const options = { ...surface, name: "x", phase: "train" } as const;
  test("step sizes, learning rates, layers and cadences that make no sense", async () => {
    expect(() => lossLandscape({ ...options, stepSizes: [] })).toThrow("got none");
    expect(() => lossLandscape({ ...options, stepSizes: [0.1, 0] })).toThrow("got 0");
    expect(() => lossLandscape({ ...options, stepSizes: [1], every: 0.5 })).toThrow("got 0.5");
    const shift = { ...options, layers: ["6"], learningRate: 0.1 };
    expect(() => covariateShift({ ...shift, layers: [] })).toThrow("got none");
    expect(() => covariateShift({ ...shift, learningRate: -1 })).toThrow("got -1");
    const site = await slowSite(reference);
    for (const [layer, message] of [
      ["9", `layer must be one of "0", "1", "2", "3", "4", "5", "6", "", got "9"`],
      ["2", `must have parameters, got "2" with none`],
      ["0", `layers with parameters below it, got "0"`],
    ] as const) {
      const probe = covariateShift({ ...shift, layers: [layer] });
      await expect(probe.prepare(site)).rejects.toThrow(message);
    }
    const noisy = lossLandscape({ ...options, stepSizes: [1], noise: true });
    await expect(noisy.prepare(site)).rejects.toThrow("noise needs a seed");
  });
});

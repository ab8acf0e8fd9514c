/** The study `batchnorm-mnist` across rooms: pairing, probes, resuming, and the report's numbers. */
import { describe, expect, test } from "vitest";
import { digitsSample, shuffledIndices } from "../src/data/index.ts";
import {
  executeRun,
  memoryStore,
  planStudy,
  runStudy,
  type RunEvent,
  type RunResult,
  type RunStore,
  type Study,
  type StudyEvent,
  type StudyOptions,
} from "../src/experiments/index.ts";
import { crossEntropy, initialize } from "../src/nn/index.ts";
import type { Backend, Executable, Session } from "../src/run/backend.ts";
import { wasmBackend } from "../src/run/wasm.ts";
import { mnistNetwork, type BatchNormArm } from "../src/studies/batchnorm-mnist/model.ts";
import { batchnormMnist, findStudy, studies } from "../src/studies/index.ts";
import { fit, sgd } from "../src/train/index.ts";

const backend = wasmBackend();
const data = await digitsSample();
const scale = { steps: 12, seeds: 1, evaluateEvery: 4, observeEvery: 3, checkpointEvery: 4 };
const arms: readonly BatchNormArm[] = ["plain", "bn"];

/** The same study, saved and evaluated so often that twelve steps suffice to see it. */
const brief: Study = {
  ...batchnormMnist,
  protocol: {
    ...batchnormMnist.protocol,
    presets: { ...batchnormMnist.protocol.presets, quick: scale },
  },
};

function options(store: RunStore, change: Partial<StudyOptions> = {}): StudyOptions {
  return { store, data, backend, version: "0.0.0", command: "run", steps: 12, seeds: 1, ...change };
}

async function eventsOf<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function resultsOf(events: readonly StudyEvent[]): RunResult[] {
  return events.flatMap((event) =>
    event.type === "run" && event.event.type === "result" ? [event.event.result] : [],
  );
}

/** What a run computed, without how long it took. */
function numbersOf(result: RunResult): object {
  return { ...result, seconds: null, resumedFrom: null };
}

async function finalCheckpoint(store: RunStore, id: string): Promise<Uint8Array | null> {
  return (await store.open(id)).readBytes("checkpoint-12.safetensors");
}

describe("pairing", () => {
  test("both arms of a seed start from bitwise equal weights in every linear layer", () => {
    const weightsOf = (arm: BatchNormArm, seed: number): Float32Array[] =>
      [...initialize(mnistNetwork(arm), seed)].flatMap(([path, { data: values }]) =>
        path.endsWith(".weight") ? [values as Float32Array] : [],
      );
    const [plain, bn, other] = [weightsOf("plain", 5), weightsOf("bn", 5), weightsOf("bn", 6)];
    expect(plain.map(({ length }) => length)).toEqual([78_400, 10_000, 10_000, 1_000]);
    plain.forEach((weights, layer) => {
      expect(Buffer.from(weights.buffer).equals(Buffer.from(bn[layer]!.buffer))).toBe(true);
      expect(Buffer.from(weights.buffer).equals(Buffer.from(other[layer]!.buffer))).toBe(false);
    });
    // The two middle layers have one shape; each has weights of its own.
    expect(plain[1]).not.toEqual(plain[2]);
  });

  test("both arms of a seed see the same batches in the same order", async () => {
    const seen = async (arm: BatchNormArm, seed: number): Promise<readonly StepInputs[]> => {
      const steps: StepInputs[] = [];
      const setup = { arm, seed, scale, data, backend: recordingBackend(steps) };
      await eventsOf(batchnormMnist.train({ ...setup, saveCheckpoint: async () => undefined }));
      return steps;
    };
    const plain = await seen("plain", 5);
    expect(await seen("bn", 5)).toEqual(plain);
    expect(await seen("bn", 6)).not.toEqual(plain);
    // 12 steps of 60 out of 400: two epochs' orders, without the 40 left over of the first.
    const order = [0, 1].flatMap((epoch) => [...shuffledIndices(400, 5, epoch).subarray(0, 360)]);
    const { inputs, inputScale = 1, targets } = data.train;
    plain.forEach(({ x, target }, step) => {
      const rows = order.slice(step * 60, (step + 1) * 60);
      expect(target).toEqual(rows.map((row) => targets[row]));
      const pixels = rows.flatMap((row) => [...inputs.subarray(row * 784, (row + 1) * 784)]);
      expect(x).toEqual(Float32Array.from(pixels, (pixel) => pixel * inputScale));
    });
    expect(plain).toHaveLength(12);
  });
});

interface StepInputs {
  readonly x: Float32Array;
  readonly target: readonly number[];
}

/** The backend, noting what every training step is fed. */
function recordingBackend(steps: StepInputs[]): Backend {
  const record = (executable: Executable): Executable => ({
    input: (name) => executable.input(name),
    output: (name) => executable.output(name),
    run() {
      const x = Float32Array.from(executable.input("x"));
      steps.push({ x, target: [...executable.input("target")] });
      executable.run();
    },
  });
  const open = async (): Promise<Session> => {
    const session = await backend.open();
    return {
      backend,
      read: (slot) => session.read(slot),
      write: (slot, values) => session.write(slot, values),
      async compile(program, settings) {
        const executable = await session.compile(program, settings);
        return settings?.name === "train-step" ? record(executable) : executable;
      },
    };
  };
  return { ...backend, open };
}

test.each(arms)("probes change nothing: %s ends bitwise the same with and without", async (arm) => {
  const checkpoints: Uint8Array[] = [];
  const keep = async (_: number, bytes: Uint8Array): Promise<void> => void checkpoints.push(bytes);
  const setup = { arm, seed: 3, scale, data, backend, saveCheckpoint: keep };
  const events = await eventsOf(batchnormMnist.train(setup));
  expect(events.filter(({ type }) => type === "probe")).toHaveLength(10);
  const unobserved = fit(mnistNetwork(arm), {
    data,
    loss: crossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
    steps: 12,
    batchSize: 60,
    seed: 3,
    backend,
    evaluateEvery: 12,
  });
  await unobserved.finish();
  const [observed, bare] = [checkpoints.at(-1)!, unobserved.checkpoint()];
  expect(Buffer.from(observed).equals(Buffer.from(bare))).toBe(true);
});

describe("keeping runs", () => {
  test.each(["interrupted", "killed"] as const)(
    "a study that was %s goes on to bitwise the numbers of one that was not",
    async (how) => {
      const [whole, torn] = [memoryStore(), memoryStore()];
      const uninterrupted = resultsOf(await eventsOf(runStudy(brief, options(whole))));
      const controller = new AbortController();
      const { signal } = controller;
      let last: StudyEvent | null = null;
      for await (const event of runStudy(brief, options(torn, { signal }))) {
        last = event;
        const inside = event.type === "run" && event.event;
        if (inside === false || inside.type !== "probe" || inside.step !== 9) continue;
        // A killed process says nothing more and saves nothing more.
        if (how === "killed") break;
        controller.abort();
      }
      expect(last?.type).toBe(how === "killed" ? "run" : "study-aborted");
      const second = await eventsOf(runStudy(brief, options(torn)));
      const resumed = second.flatMap((event) => (event.type === "run" ? [event.event] : []));
      expect(resumed[0]).toMatchObject({ type: "resumed", step: how === "killed" ? 8 : 9 });
      const results = resultsOf(second);
      expect(results).toHaveLength(2);
      expect(results.map(numbersOf)).toEqual(uninterrupted.map(numbersOf));
      for (const { id } of results) {
        const [one, other] = [await finalCheckpoint(whole, id), await finalCheckpoint(torn, id)];
        expect(Buffer.from(one!).equals(Buffer.from(other!))).toBe(true);
      }
    },
  );

  test("a run that was killed at its very last checkpoint comes to the same numbers", async () => {
    const [whole, torn] = [memoryStore(), memoryStore()];
    const [uninterrupted] = resultsOf(await eventsOf(runStudy(brief, options(whole))));
    for await (const event of runStudy(brief, options(torn))) {
      const inside = event.type === "run" && event.event;
      if (inside !== false && inside.type === "checkpoint" && inside.step === 12) break;
    }
    const [resumed] = resultsOf(await eventsOf(runStudy(brief, options(torn))));
    expect(resumed?.resumedFrom).toBe(12);
    expect(numbersOf(resumed!)).toEqual(numbersOf(uninterrupted!));
  });

  test("a finished run is reused, and its files are there", async () => {
    const store = memoryStore();
    const first = await eventsOf(runStudy(batchnormMnist, options(store)));
    const again = await eventsOf(runStudy(batchnormMnist, options(store)));
    const kinds = again.flatMap((event) => (event.type === "run" ? [event.event.type] : []));
    expect(kinds).toEqual(["reused", "result", "reused", "result"]);
    expect(resultsOf(again)).toEqual(resultsOf(first));
    const [plan] = await planStudy(batchnormMnist, options(store));
    const id = plan!.id;
    const files = await (await store.open(id)).list();
    expect(files.toSorted()).toEqual([
      "checkpoint-12.safetensors",
      "events.jsonl",
      "result.json",
      "run.json",
    ]);
    const about = JSON.parse((await (await store.open(id)).readText("run.json"))!) as object;
    expect(about).toMatchObject({
      id,
      arm: "plain",
      seed: 1,
      backend: "wasm",
      data: { hash: data.hash },
    });
  });

  test("runs side by side come to the numbers of runs one by one", async () => {
    const [one, two] = [memoryStore(), memoryStore()];
    const alone = resultsOf(await eventsOf(runStudy(batchnormMnist, options(one, { seeds: 2 }))));
    const together = resultsOf(
      await eventsOf(runStudy(batchnormMnist, options(two, { seeds: 2, concurrency: 3 }))),
    );
    const byId = (results: readonly RunResult[]): object[] =>
      results.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(numbersOf);
    expect(byId(together)).toEqual(byId(alone));
    expect(await finalCheckpoint(two, together[0]!.id)).not.toBeNull();
  });

  test("a run is refused with other data, another backend or an unknown arm", async () => {
    const store = memoryStore();
    const [plan] = await planStudy(batchnormMnist, options(store));
    const description = plan!.description;
    const attempt = (change: object, services: object = {}): Promise<RunEvent[]> =>
      eventsOf(
        executeRun(
          batchnormMnist,
          { ...description, ...change },
          { store, data, backend, ...services },
        ),
      );
    await expect(attempt({}, { data: { ...data, hash: "other" } })).rejects.toThrow(
      "got other (digits-sample)",
    );
    await expect(attempt({ backend: "native" })).rejects.toThrow(
      "backend must be native, got wasm",
    );
    await expect(attempt({ arm: "nope" })).rejects.toThrow(
      `arm must be one of plain, bn, got "nope"`,
    );
    await expect(attempt({ study: "other" })).rejects.toThrow(
      `of study "batchnorm-mnist", got "other"`,
    );
  });
});

describe("the numbers a caller gives", () => {
  test.each([
    [{ steps: 0 }, "runStudy: steps must be a positive integer, got 0"],
    [{ seeds: 1.5 }, "runStudy: seeds must be a positive integer, got 1.5"],
    [{ seed: -1 }, "runStudy: seed must be an integer in [0, 2^53), got -1"],
    [
      { preset: "huge" as "quick" },
      `runStudy: preset must be one of quick, standard, paper, got "huge"`,
    ],
  ])("%o are refused", async (change, message) => {
    const study = runStudy(batchnormMnist, options(memoryStore(), change));
    await expect(study.next()).rejects.toThrow(message);
  });
});

test("studies are found by id", () => {
  for (const study of studies) expect(findStudy(study.id)).toBe(study);
  expect(() => findStudy("batch-norm")).toThrow("study must be one of ");
});

import { describe, expect, test } from "vitest";
import { DataError } from "../../base/errors.ts";
import { gaussianBlobs } from "../../data/generated.ts";
import { memoryStore } from "../../experiments/index.ts";
import { readDataset, writeDataset } from "./data-store.ts";
import { checkPayload } from "./run-payload.ts";

const payload = {
  format: 1,
  description: {
    study: "compare",
    revision: 1,
    arm: "dropout-0.2",
    seed: 1,
    scale: { steps: 10, seeds: 1, evaluateEvery: 5, observeEvery: 5, checkpointEvery: 5 },
    data: { name: "rows.csv", hash: "0".repeat(64) },
    subject: {
      format: 1,
      task: "classification",
      outputs: 2,
      targetSd: 1,
      layers: [
        { layer: "linear", units: 8 },
        { layer: "dropout", rate: 0.2 },
      ],
      optimizer: { name: "adam", learningRate: 0.001, momentum: 0, weightDecay: 0 },
      batchSize: 8,
    },
    backend: "wasm",
    version: "1.0.0",
  },
};

/** The payload with one thing in it changed. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(payload) as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop()!;
  const holder = keys.reduce((inner, key) => inner[key] as Record<string, unknown>, copy);
  holder[last] = value;
  return copy;
}

describe("checkPayload", () => {
  test("takes what a comparison sends", () => {
    expect(checkPayload(payload, "1.0.0")).toEqual(payload);
    const logged = { ...payload, log: "tensorboard" };
    expect(checkPayload(logged, "1.0.0")).toEqual(logged);
  });

  test.each<[string, unknown, string]>([
    ["log", "../x", "job: log must be"],
    ["format", 2, "job: format must be 1, got 2"],
    ["description.version", "0.9.0", "job: must be of Evenkeel 1.0.0, got 0.9.0"],
    ["description.study", "batchnorm-mnist", 'job: description.study must be "compare"'],
    ["description.arm", "../../etc", "job: description.arm must be"],
    ["description.data.hash", "../x", "job: description.data.hash must be"],
    ["description.scale.steps", 1e12, "job: description.scale.steps must be <=1000000000"],
    ["description.backend", "shell", "job: description.backend must be"],
    ["description.command", "rm", "job: description.command must be never"],
    [
      "description.subject.layers",
      [{ layer: "relu", run: { js: "1" } }],
      "job: layers.0.run must be (string | number)",
    ],
    ["description.subject.code", "1", "job: code must be never"],
    [
      "description.subject.layers",
      Array.from({ length: 5000 }, () => ({ layer: "batchNorm", eps: 1e-5 })),
      "job: must be at most 131072 bytes long",
    ],
  ])("refuses %s = %j", (path, value, message) => {
    expect(() => checkPayload(changed(path, value), "1.0.0")).toThrow(DataError);
    expect(() => checkPayload(changed(path, value), "1.0.0")).toThrow(message);
  });
});

describe("the data store", () => {
  test("gives back the same data, and refuses other bytes", async () => {
    const store = memoryStore();
    const data = await gaussianBlobs({ train: 6, test: 4 });
    await writeDataset(store, data);
    const found = await readDataset(store, data.hash);
    expect(found.train.inputs).toEqual(data.train.inputs);
    expect(found.test.targets).toEqual(data.test.targets);
    const folder = await store.open(`data-${data.hash}`);
    await folder.writeBytes("test-targets.bin", new Uint8Array(16));
    await expect(readDataset(store, data.hash)).rejects.toThrow(
      `must hold data of hash ${data.hash}, got`,
    );
    await expect(readDataset(store, "f".repeat(64))).rejects.toThrow(
      "do worker and comparison share one folder?",
    );
  });
});

/** What a training says when its worker or its memory comes to an end. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { failureText } from "./failure-text.ts";
import type { LabEvent, TrainSpec } from "./protocol.ts";
import { startSession } from "./session.ts";
import { trainArms } from "./train-arms.ts";

const spec: TrainSpec = {
  data: { name: "digits-sample" },
  arms: [
    {
      name: "plain",
      layers: [{ kind: "linear", out: "classes" }],
      optimizer: { kind: "sgd", learningRate: 0.1 },
    },
  ],
  seeds: [1],
  batchSize: 40,
  steps: 3,
};

describe("an error of memory", () => {
  test.each([
    new RangeError("Array buffer allocation failed"),
    new RangeError("Invalid typed array length: 9007199254740991"),
    new RangeError("WebAssembly.Memory(): could not allocate memory"),
    "Uncaught RangeError: Out of memory",
  ])("comes with what can be done: %s", (error) => {
    expect(failureText(error)).toMatch(/^memory: .*, got “.*”\. Take smaller batches/);
  });

  test("is told of by the arm that asked too much, and the others train on", async () => {
    // What the hidden layer puts out is more than 32 bits of address can reach.
    const huge = [{ kind: "linear", out: 4096 }, { kind: "relu" }];
    const plane: TrainSpec = {
      ...spec,
      data: { name: "gaussian-blobs", train: 400_000, test: 10 },
      arms: [
        {
          ...spec.arms[0]!,
          name: "huge",
          layers: [...huge, ...spec.arms[0]!.layers],
          batchSize: 400_000,
        },
        spec.arms[0]!,
      ],
    };
    const told: LabEvent[] = [];
    await new Promise<void>((resolve) => {
      startSession({
        spec: plane,
        own: null,
        base: "http://127.0.0.1/",
        paused: false,
        send(events) {
          told.push(...events);
          const last = events.at(-1);
          if (last?.type === "state" && last.state === "over") resolve();
        },
      });
    });
    const failed = told.filter((event) => event.type === "failed");
    expect(failed.map(({ arm }) => arm)).toEqual([0]);
    expect(failed[0]!.message).toMatch(/^memory: .*Take smaller/);
    const done = told.filter((event) => event.type === "done");
    expect(done).toMatchObject([{ arm: 1, outcome: "finished", step: 3 }]);
  });
});

test("an error of anything else is told as it is", () => {
  expect(failureText(new Error("sgd: learningRate must be above 0, got -1"))).toBe(
    "sgd: learningRate must be above 0, got -1",
  );
});

describe("a worker that ends", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** A training whose worker is ours, and what it told. */
  function begin(): {
    readonly worker: EventTarget & { terminated: boolean };
    readonly training: ReturnType<typeof trainArms>;
    readonly told: LabEvent[];
  } {
    const made: (EventTarget & { terminated: boolean })[] = [];
    class OurWorker extends EventTarget {
      terminated = false;
      constructor() {
        super();
        made.push(this);
      }
      postMessage(): void {
        this.dispatchEvent(new Event("posted"));
      }
      terminate(): void {
        this.terminated = true;
      }
    }
    vi.stubGlobal("Worker", OurWorker);
    vi.stubGlobal("document", { baseURI: "http://127.0.0.1/" });
    const told: LabEvent[] = [];
    const training = trainArms(spec, (events) => told.push(...events));
    return { worker: made[0]!, training, told };
  }

  test("for want of memory says so, is over, and lets nobody wait for its files", async () => {
    const { worker, training, told } = begin();
    const waiting = training.download({ arm: 0, seed: 1 }, "onnx");
    const message = "Uncaught RangeError: Out of memory";
    worker.dispatchEvent(Object.assign(new Event("error"), { message }));
    const [failed, ...rest] = told;
    expect(failed).toMatchObject({ type: "failed", arm: null });
    expect(JSON.stringify(failed)).toMatch(/got memory: .*Take smaller/);
    expect(rest).toEqual([{ type: "state", state: "over" }]);
    expect(worker.terminated).toBe(true);
    await expect(waiting).rejects.toThrow("Out of memory");
  });

  test("without a message is a script that did not load", () => {
    const { worker, told } = begin();
    worker.dispatchEvent(Object.assign(new Event("error"), { message: "" }));
    expect(told[0]).toMatchObject({ type: "failed", arm: null });
    expect(JSON.stringify(told[0])).toContain("got a script that did not load");
  });
});

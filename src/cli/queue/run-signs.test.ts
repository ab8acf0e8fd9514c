import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../experiments/index.ts";
import { checkSigns, newEvents, signSender, type RunSigns } from "./run-signs.ts";

const start = {
  type: "start",
  step: 0,
  steps: 100,
  stepsPerEpoch: 10,
  backend: "wasm",
} as const satisfies RunEvent;
const step = (at: number): RunEvent & { type: "step" } => ({
  type: "step",
  step: at,
  loss: 0.5,
  accuracy: null,
});
const evaluation = {
  type: "evaluation",
  step: 20,
  split: "test",
  result: { loss: 1, accuracy: 0.5, examples: 8, statistics: "running" },
} as const satisfies RunEvent;

describe("signSender", () => {
  test("sends what was last said, twice a second at most, and nothing of a short run", async () => {
    let now = 1000;
    const sent: RunSigns[] = [];
    const see = signSender(
      async (signs) => {
        sent.push(structuredClone(signs));
      },
      () => now,
    );
    await see(start);
    now += 499;
    await see(step(10));
    expect(sent).toEqual([]);
    now += 1;
    await see({ ...evaluation, split: "train" });
    await see(evaluation);
    await see(step(30));
    now += 500;
    await see({ type: "checkpoint", step: 30 });
    expect(sent).toEqual([
      { session: 1000, start, step: step(10), evaluation: null },
      { session: 1000, start, step: step(30), evaluation },
    ]);
    for (const signs of sent) expect(checkSigns(JSON.parse(JSON.stringify(signs)))).toEqual(signs);
  });
});

describe("newEvents", () => {
  const first: RunSigns = { session: 1, start, step: step(10), evaluation: null };

  test("are those not seen before", () => {
    expect(newEvents(first, null)).toEqual([start, step(10)]);
    expect(newEvents(first, first)).toEqual([]);
    const later = { ...first, step: step(30), evaluation };
    expect(newEvents(later, first)).toEqual([step(30), evaluation]);
  });

  test("are all of another session's, which may be at an earlier step", () => {
    const again = { ...first, session: 2, start: { ...start, step: 5 } };
    expect(newEvents(again, first)).toEqual([{ ...start, step: 5 }, step(10)]);
  });
});

test.each<[string, unknown]>([
  ["a number", 0],
  [
    "a loss that is none",
    { session: 1, start, step: { ...step(1), loss: null }, evaluation: null },
  ],
  ["no start", { session: 1, start: null, step: null, evaluation: null }],
])("checkSigns takes no notice of %s", (_, value) => {
  expect(checkSigns(value)).toBeNull();
});

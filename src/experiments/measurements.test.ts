import { expect, test } from "vitest";
import type { TrainEvent } from "../train/events.ts";
import { measurements } from "./measurements.ts";
import { recordRun } from "./run-record.ts";

const squares = async (step: number) => [
  { probe: "square", unit: "1", values: { value: step * step } },
];

async function gather(signal?: AbortSignal): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  const options = { steps: 3, backend: "none", ...(signal && { signal }) };
  for await (const event of measurements(options, squares)) events.push(event);
  return events;
}

test("what is measured becomes a finished run's record", async () => {
  const record = recordRun("a", 1, await gather());
  expect(record).toMatchObject({ step: 3, outcome: "finished", divergence: null, curve: [] });
  expect(record.probes["square"]).toEqual({
    unit: "1",
    steps: [1, 2, 3],
    values: { value: [1, 4, 9] },
  });
});

test("aborted, it says so", async () => {
  const record = recordRun("a", 1, await gather(AbortSignal.abort()));
  expect(record).toMatchObject({ step: 0, outcome: "aborted", probes: {} });
});

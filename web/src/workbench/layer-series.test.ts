import { expect, test } from "vitest";
import type { LabEvent, TrainSpec } from "../engine/index.ts";
import { newRecord, takeEvents } from "../record/training-record.ts";
import { cosineSeries, landscapeSeries, predictivenessSeries } from "./layer-series.ts";

const spec: TrainSpec = {
  data: { name: "digits-sample" },
  arms: [{ name: "plain", layers: [], optimizer: { kind: "sgd", learningRate: 0.1 } }],
  seeds: [1],
  batchSize: 10,
  steps: 20,
};

/** What the probe tells of step sizes ½, 1, 2 and 4 times the learning rate. */
function observed(step: number, distances: readonly number[]): LabEvent {
  const values = {
    loss: 2,
    lossMin: 1.5,
    lossMax: 3,
    distances,
    distanceMin: Math.min(...distances),
    distanceMax: Math.max(...distances.filter((one) => one < Number.MAX_VALUE)),
    cosines: [0.9, 0.8, 0.1, -0.4],
  };
  return { type: "probe", arm: 0, seed: 1, step, probe: "landscape", unit: "loss", values };
}

test("landscape and gradient are read at the learning rate, in the band of all step sizes", () => {
  const record = newRecord(spec);
  takeEvents(record, [observed(0, [1, 2, 3, 4])]);
  const points = (series: ReturnType<typeof cosineSeries>): unknown => series[0]!.points;
  expect(points(landscapeSeries(record))).toEqual([{ x: 0, y: 2, low: 1.5, high: 3 }]);
  expect(points(predictivenessSeries(record))).toEqual([{ x: 0, y: 2, low: 1, high: 4 }]);
  expect(points(cosineSeries(record))).toEqual([{ x: 0, y: 0.8, low: -0.4, high: 0.9 }]);
});

test("a gradient that is lost at the learning rate leaves a gap, not a point at the sky", () => {
  const record = newRecord(spec);
  const lost = Number.MAX_VALUE;
  takeEvents(record, [observed(0, [1, lost, lost, lost]), observed(10, [1, 2, lost, lost])]);
  expect(predictivenessSeries(record)[0]!.points).toEqual([{ x: 10, y: 2, low: 1, high: 2 }]);
});

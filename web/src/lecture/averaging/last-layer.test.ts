import { digitsSample } from "evenkeel/data";
import { initialize } from "evenkeel/nn";
import { wasmBackend } from "evenkeel/run";
import { predict } from "evenkeel/train";
import { expect, test } from "vitest";
import { averagingNetwork } from "./averaging-experiment.ts";
import { compareLastLayer } from "./last-layer.ts";

test("over all masks the scaled network has the mean logits, not the mean probabilities", async () => {
  const { test: split } = await digitsSample();
  const weights = initialize(averagingNetwork(), 1);
  const found = compareLastLayer(weights, split, 0.5);
  expect(found.masks).toBe(4096);
  expect(found.logitGap).toBeLessThan(1e-10);
  expect(found.geometricGap).toBeLessThan(1e-10);
  expect(found.probabilityGap).toBeGreaterThan(1e-3);

  // A second way: the engine's own prediction, in f32.
  const { data } = await predict(averagingNetwork(), weights, split, { backend: wasmBackend() });
  const rows = Array.from({ length: 20 }, (_, row) => data.subarray(row * 10, (row + 1) * 10));
  const softmaxes = rows.map((logits) => {
    const powers = Array.from(logits, (logit) => Math.exp(logit));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  });
  const gaps = softmaxes.map((row) =>
    Math.max(...row.map((value, k) => Math.abs(value - found.example.scaled[k]!))),
  );
  expect(Math.min(...gaps)).toBeLessThan(1e-5);
});

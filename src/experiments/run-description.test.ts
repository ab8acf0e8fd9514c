import { expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.ts";
import { runId, studyId, type RunDescription } from "./run-description.ts";

const description: RunDescription = {
  study: "some-study",
  revision: 1,
  arm: "plain",
  seed: 3,
  scale: { steps: 10, seeds: 2, evaluateEvery: 5, observeEvery: 5, checkpointEvery: 5 },
  data: { name: "mnist", hash: "abc" },
  backend: "wasm",
  version: "0.1.0",
};

test("a run's id is readable, and the same for the same run however it is written down", async () => {
  const id = await runId(description);
  expect(id).toMatch(/^some-study-plain-s3-[0-9a-f]{12}$/);
  const reordered = Object.fromEntries(Object.entries(description).toReversed());
  expect(await runId(reordered as unknown as RunDescription)).toBe(id);
});

test("what decides a run's numbers changes its id", async () => {
  const { scale, data } = description;
  const changes: Partial<RunDescription>[] = [
    { revision: 2 },
    { arm: "bn" },
    { seed: 4 },
    { scale: { ...scale, steps: 11 } },
    { scale: { ...scale, evaluateEvery: 1 } },
    { data: { ...data, hash: "abd" } },
    { backend: "reference" },
    { version: "0.1.1" },
  ];
  const ids = await Promise.all(changes.map((change) => runId({ ...description, ...change })));
  expect(new Set([...ids, await runId(description)]).size).toBe(changes.length + 1);
});

test("how many seeds stand beside it and how often it is saved do not", async () => {
  const scale = { ...description.scale, seeds: 9, checkpointEvery: 1 };
  expect(await runId({ ...description, scale })).toBe(await runId(description));
});

test("a study's id does not depend on the order of its runs", async () => {
  expect(await studyId("s", "quick", ["b", "a"])).toBe(await studyId("s", "quick", ["a", "b"]));
});

test("canonicalJson sorts keys at every depth and refuses what JSON would lose", () => {
  expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).toBe(
    '{"a":true,"b":[1,{"c":"x","d":null}]}',
  );
  expect(() => canonicalJson({ a: NaN })).toThrow(
    "canonicalJson: values must be plain JSON, got NaN",
  );
  expect(() => canonicalJson([undefined])).toThrow("got undefined");
});

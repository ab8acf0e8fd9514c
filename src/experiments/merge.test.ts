import { expect, test } from "vitest";
import { merge } from "./merge.ts";

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

test("never runs more jobs than allowed at once, and loses nothing", async () => {
  let active = 0;
  let most = 0;
  const jobs = [0, 1, 2, 3, 4].map(
    (job) =>
      async function* () {
        most = Math.max(most, ++active);
        for (let i = 0; i < 3; i++) {
          await pause();
          yield `${job}.${i}`;
        }
        active--;
      },
  );
  const seen = await collect(merge(jobs, 2));
  expect(most).toBe(2);
  expect(seen.toSorted()).toEqual(
    [0, 1, 2, 3, 4].flatMap((job) => [0, 1, 2].map((i) => `${job}.${i}`)),
  );
  for (const job of [0, 1, 2, 3, 4]) {
    const own = seen.filter((value) => value.startsWith(`${job}.`));
    expect(own).toEqual([`${job}.0`, `${job}.1`, `${job}.2`]);
  }
});

test("one job's error ends the whole and lets the others clean up", async () => {
  const cleaned: string[] = [];
  const jobs = [
    async function* () {
      await pause();
      yield 1;
      throw new Error("job failed");
    },
    async function* () {
      try {
        for (;;) {
          await pause();
          yield 2;
        }
      } finally {
        cleaned.push("second");
      }
    },
  ];
  await expect(collect(merge(jobs, 2))).rejects.toThrow("job failed");
  await pause();
  await pause();
  expect(cleaned).toEqual(["second"]);
});

test("no jobs, no values", async () => {
  expect(await collect(merge([], 2))).toEqual([]);
});

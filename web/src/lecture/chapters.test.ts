import { studies } from "evenkeel/studies";
import { expect, test } from "vitest";
import { chapters } from "./chapters.ts";

test("chapters have names of their own, and name studies that there are", () => {
  const ids = chapters.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const known = new Set(studies.map(({ id }) => id));
  const named = chapters.flatMap((chapter) => chapter.studies);
  expect(chapters.every((chapter) => chapter.studies.length > 0)).toBe(true);
  expect(named.filter((study) => !known.has(study))).toEqual([]);
});

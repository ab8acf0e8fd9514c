/** The programs of the docs are real: they run as written. */
import { expect, test } from "vitest";
import { runPage } from "./run-page.ts";

test("the training page's program runs and prints what it says", () => {
  expect(runPage("training.md")).toEqual({
    status: 0,
    stderr: "",
    stdout: expect.stringMatching(/^(finished 300|stopped \d+) 7\n$/) as string,
  });
});

test("the probes page's program observes a run and then its result", () => {
  expect(runPage("probes.md")).toEqual({
    status: 0,
    stderr: "",
    stdout: expect.stringMatching(
      /^0 0 \[[^\]]+\]\n20 0 \[[^\]]+\]\n40 0 \[[^\]]+\]\ntrue\n$/,
    ) as string,
  });
});

test("the weights page's program writes files and reads them back", () => {
  expect(runPage("weights.md")).toEqual({
    status: 0,
    stderr: "",
    stdout: "of seed 1 8 1.weight 8 true\n",
  });
});

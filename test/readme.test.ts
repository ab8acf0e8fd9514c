/** The README's programs are real: they type-check as written, and run. */
import { spawnSync } from "node:child_process";
import {
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { sourceEntries } from "./package-entries.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");
const programs = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);
const folder = realpathSync(mkdtempSync(join(tmpdir(), "evenkeel-readme-")));
const entries = sourceEntries(["node", "import"]);

/** The program with the package's entries replaced by their sources. */
function onSources(program: string): string {
  return program.replace(/from "(evenkeel[^"]*)"/g, (_, name: string) => {
    const source = entries[name];
    if (source === undefined) throw new Error(`README: ${name} is no entry of the package`);
    return `from "${source}"`;
  });
}

function run(...args: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    timeout: 50_000,
  });
  return { status, output: stdout + stderr };
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("README", () => {
  test("shows a program of about fifteen lines, then one that writes a layer", () => {
    expect(programs.length).toBe(2);
    expect(programs[0]!.split("\n").length).toBeLessThanOrEqual(18);
  });

  test("has programs that type-check", () => {
    symlinkSync(`${root}node_modules`, join(folder, "node_modules"));
    for (const [index, program] of programs.entries()) {
      writeFileSync(join(folder, `program-${index}.ts`), onSources(program));
    }
    const { compilerOptions } = JSON.parse(readFileSync(`${root}tsconfig.json`, "utf8")) as {
      readonly compilerOptions: Readonly<Record<string, unknown>>;
    };
    const options = { ...compilerOptions, rewriteRelativeImportExtensions: false };
    const config = {
      compilerOptions: {
        ...options,
        allowImportingTsExtensions: true,
        declaration: false,
        isolatedDeclarations: false,
      },
      include: ["*.ts", `${root}src/**/*.d.ts`],
    };
    writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const compiler = `${root}node_modules/typescript/bin/tsc`;
    expect(run(compiler, "-p", ".")).toEqual({ status: 0, output: "" });
  });

  test("has a first program that learns digits", () => {
    writeFileSync(join(folder, "learn.ts"), onSources(programs[0]!));
    const { status, output } = run("learn.ts");
    expect(output).toMatch(/accuracy/);
    const accuracies = [...output.matchAll(/accuracy (\d+(?:\.\d+)?) %/g)].map(([, share]) =>
      Number(share),
    );
    expect(accuracies.length).toBeGreaterThan(1);
    expect(accuracies.at(-1)).toBeGreaterThan(75);
    expect(status).toBe(0);
  });

  test("has a second program whose own layer works", () => {
    writeFileSync(join(folder, "layer.ts"), onSources(programs[1]!));
    const { status, output } = run("layer.ts");
    expect(output).toMatch(/^done after \d+ steps\n$/);
    expect(status).toBe(0);
  });

  test("names only commands that exist", () => {
    const commands = new Set(
      [...readme.matchAll(/`(?:npx )?evenkeel ([a-z]+)/g)].map(([, name]) => name),
    );
    const help = run(`${root}src/cli/main.ts`, "--help");
    expect(commands.size).toBeGreaterThan(3);
    for (const command of commands) expect(help.output).toContain(`\n  ${command}`);
  });

  test("shows pictures that are in the repository", () => {
    const images = [...readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path]) => path!);
    expect(images.length).toBeGreaterThan(0);
    for (const path of images) expect(readFileSync(root + path).length, path).toBeGreaterThan(1000);
  });
});

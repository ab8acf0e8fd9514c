/** The program of docs/training.md is real: it runs as written. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { sourceEntries } from "./package-entries.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

test("the training page's program runs and prints what it says", () => {
  const page = readFileSync(`${root}docs/training.md`, "utf8");
  const [program, ...others] = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(
    (match) => match[1]!,
  );
  expect(others).toEqual([]);
  const entries = sourceEntries(["node", "import"]);
  const onSources = program!.replace(
    /from "(evenkeel[^"]*)"/g,
    (_, name: string) => `from "${entries[name]!}"`,
  );
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-training-"));
  try {
    writeFileSync(join(folder, "program.ts"), onSources);
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, "program.ts")], {
      encoding: "utf8",
      timeout: 50_000,
    });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^(finished 300|stopped \d+) 7\n$/);
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

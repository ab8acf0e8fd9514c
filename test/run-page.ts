import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sourceEntries } from "./package-entries.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

export interface PageRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the one program of a page of the docs as it is written, in a folder of its own. */
export function runPage(page: string): PageRun {
  const text = readFileSync(`${root}docs/${page}`, "utf8");
  const [program, ...others] = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(
    (match) => match[1]!,
  );
  if (program === undefined || others.length > 0) {
    throw new Error(`runPage: a page must have one program, got ${others.length + 1} in ${page}`);
  }
  const entries = sourceEntries(["node", "import"]);
  const onSources = program.replace(
    /from "(evenkeel[^"]*)"/g,
    (_, name: string) => `from "${entries[name]!}"`,
  );
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-page-"));
  try {
    writeFileSync(join(folder, "program.ts"), onSources);
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, "program.ts")], {
      cwd: folder,
      encoding: "utf8",
      timeout: 50_000,
    });
    return { status, stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

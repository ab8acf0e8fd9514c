/** The lab's page, built from the sources and served, for tests that drive it in a browser. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { type LabServer, startLabServer } from "../src/cli/lab/lab-server.ts";

export const chromiumPath: string = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const needed = process.env["EVENKEEL_NEED_CHROMIUM"] === "1";

/** Is there no browser, on a machine that need not have one? */
export const chromiumMissing: boolean = !existsSync(chromiumPath) && !needed;

/** Builds the page into a folder of its own. */
export async function buildPage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-lab-"));
  await build({
    configFile: fileURLToPath(new URL("../web/vite.config.ts", import.meta.url)),
    logLevel: "error",
    build: { outDir: folder },
  });
  return folder;
}

/** A server of that page, with no runs and no data unless they are given. */
export async function servePage(
  page: string,
  runs: string = join(page, "no-runs"),
): Promise<LabServer> {
  return startLabServer({ port: 0, page, runs, cache: join(page, "no-cache") });
}

export function removePage(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

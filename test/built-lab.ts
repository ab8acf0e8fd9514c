/** The lab as a reader gets it: the page built from its sources, served by the command's server. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startLabServer } from "../src/cli/lab/lab-server.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

export interface BuiltLab {
  /** `http://127.0.0.1:40123/` */
  readonly address: string;
  close(): Promise<void>;
}

export async function builtLab(): Promise<BuiltLab> {
  const folder = await mkdtemp(join(tmpdir(), "evenkeel-lab-"));
  const page = join(folder, "page");
  const bundler = join(root, "node_modules/vite/bin/vite.js");
  const options = ["build", "web", "--outDir", page, "--emptyOutDir", "--logLevel", "error"];
  await promisify(execFile)(process.execPath, [bundler, ...options], { cwd: root });
  const server = await startLabServer({ port: 0, page, runs: join(folder, "runs") });
  return {
    address: server.address,
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

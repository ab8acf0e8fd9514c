/** Builds `dist/` from `src/`: one module and one declaration file for each source. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

// A source that was deleted or renamed must not live on in the package.
rmSync(`${root}dist`, { recursive: true, force: true });
const compiler = `${root}node_modules/typescript/bin/tsc`;
const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});

// npm makes the installed command executable; a clone's own `dist/` is executable through this.
const command = `${root}dist/cli/main.js`;
if (existsSync(command)) chmodSync(command, 0o755);
process.exitCode = status ?? 1;

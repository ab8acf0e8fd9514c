/**
 * Builds `dist/` from `src/`: one module and one declaration file for each source.
 *
 * Plain JavaScript, because npm also runs it (as `prepare`) where nothing is installed yet and the
 * Node at hand is an old one: `npx evenkeel` in a fresh clone. There is nothing to build with then,
 * and the command itself says so.
 */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const compiler = `${root}node_modules/typescript/bin/tsc`;
const optional = process.argv.includes("--if-possible");

if (existsSync(compiler)) {
  // A source that was deleted or renamed must not live on in the package.
  rmSync(`${root}dist`, { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
} else if (!optional) {
  console.error("build: needs the compiler of node_modules, run `npm ci` first");
  process.exitCode = 1;
}

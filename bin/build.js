/**
 * Builds `dist/` from `src/`: one module and one declaration file for each source; and the lab's
 * page from `web/` into `dist/lab`.
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
const bundler = `${root}node_modules/vite/bin/vite.js`;
const optional = process.argv.includes("--if-possible");

if (existsSync(compiler)) {
  // A source that was deleted or renamed must not live on in the package.
  rmSync(`${root}dist`, { recursive: true, force: true });
  process.exitCode =
    run(compiler, "-p", "tsconfig.build.json") ||
    run(bundler, "build", "web", "--logLevel", "warn");
} else if (!optional) {
  console.error("build: needs the compiler of node_modules, run `npm ci` first");
  process.exitCode = 1;
}

/**
 * @param {string} script
 * @param {string[]} options
 */
function run(script, ...options) {
  const { status } = spawnSync(process.execPath, [script, ...options], {
    cwd: root,
    stdio: "inherit",
  });
  return status ?? 1;
}

/**
 * Puts the clone's own `evenkeel` among the commands of its `node_modules`, as npm does for every
 * package but the root: `npx evenkeel` then works in a clone, and runs under the pinned Node.
 */
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";

const commands = fileURLToPath(new URL("../node_modules/.bin/", import.meta.url));
const link = `${commands}evenkeel`;

// Windows wants a .cmd file and a right to make links; there `node dist/cli/main.js` does the job.
if (process.platform !== "win32") {
  mkdirSync(commands, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync("../../dist/cli/main.js", link);
}

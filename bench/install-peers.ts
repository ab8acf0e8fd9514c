import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Installs the peers into bench/node_modules, once. They are kept out of the main install, which
 * they outweigh many times. A failure is said and left at that: their drivers will say they are absent.
 */
export function installPeers(say: (line: string) => void): void {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  if (
    existsSync(`${folder}node_modules/@jax-js/jax`) &&
    existsSync(`${folder}node_modules/@tensorflow/tfjs-backend-wasm`)
  ) {
    return;
  }
  say("installing TensorFlow.js and jax-js into bench/node_modules (once, about 310 MB) ...");
  try {
    // `shell` where npm is a script rather than a program.
    execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], {
      cwd: folder,
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32",
    });
  } catch {
    say("npm could not install them: they will be missing from the table");
  }
}

import { resolve } from "node:path";
import envPaths from "env-paths";

/** Where downloads are kept: EVENKEEL_CACHE, or else the platform's folder for caches. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env["EVENKEEL_CACHE"];
  return chosen ? resolve(chosen) : envPaths("evenkeel", { suffix: "" }).cache;
}

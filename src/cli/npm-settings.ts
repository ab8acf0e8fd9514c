/** The user's own npm configuration, read as npm reads it: registries, proxies, certificates, tokens. */
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import Config from "@npmcli/config";
import parts from "@npmcli/config/lib/definitions/index.js";

/** Settings in the form that npm's libraries take as options. */
export async function npmSettings(
  env: NodeJS.ProcessEnv = process.env,
): Promise<Record<string, unknown>> {
  const npm = findNpm(env);
  const config = new Config({
    ...parts,
    npmPath: npm.home,
    execPath: npm.execPath,
    // Our own arguments are none of npm's business, and loading writes to the environment it is given.
    argv: [],
    env: { ...env },
    warn: false,
  });
  await config.load();
  // npm waits up to a minute between attempts; someone who has set this keeps what they set.
  if (!config.isDefault("fetch-retry-mintimeout")) return { ...config.flat };
  const retry = config.flat["retry"];
  const quicker = { minTimeout: 1000, maxTimeout: 5000 };
  return { ...config.flat, retry: { ...(typeof retry === "object" ? retry : {}), ...quicker } };
}

interface NpmHome {
  /** The folder of npm itself, which may hold a `npmrc` of its own; "" if npm is not found. */
  readonly home: string;
  /** The Node beside npm: npm finds the machine-wide configuration from there. */
  readonly execPath: string;
}

function findNpm(env: NodeJS.ProcessEnv): NpmHome {
  const names = process.platform === "win32" ? ["npm.cmd"] : ["npm"];
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter(Boolean);
  const found = folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
  const running = env["npm_execpath"];
  const home =
    homeOf(running) ?? homeOf(found) ?? (found && join(dirname(found), "node_modules", "npm"));
  return {
    home: home ?? "",
    execPath: found
      ? join(dirname(found), process.platform === "win32" ? "node.exe" : "node")
      : process.execPath,
  };
}

function homeOf(file: string | undefined): string | undefined {
  if (file === undefined || !existsSync(file)) return undefined;
  const script = realpathSync(file);
  return script.endsWith("npm-cli.js") ? dirname(dirname(script)) : undefined;
}

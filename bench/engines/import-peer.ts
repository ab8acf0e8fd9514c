import { readFileSync } from "node:fs";

export interface Peer<Module> {
  readonly module: Module;
  readonly version: string;
  /** Its package's folder. */
  readonly directory: URL;
}

/**
 * Loads a package of bench/node_modules. Peers are no dependency of the project, so its compiler
 * must not need their types: each driver states the part it uses.
 */
export async function importPeer<Module>(name: string): Promise<Peer<Module>> {
  const directory = new URL(`../node_modules/${name}/`, import.meta.url);
  const manifest = readFileSync(new URL("package.json", directory), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const module = (await import(name)) as Module;
  return { module, version, directory };
}

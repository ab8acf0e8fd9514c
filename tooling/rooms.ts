/**
 * The house as a table: the rooms under `src/` and what each may import. Imports go one way only.
 * The lint configuration is made from it, and `test/rooms.test.ts` reads every import against it.
 */

export const rooms: Readonly<Record<string, readonly string[]>> = {
  base: [],
  graph: ["base"],
  loops: ["base"],
  compile: ["base", "graph", "loops"],
  emit: ["base", "loops"],
  run: ["base", "graph", "loops", "compile", "emit"],
  nn: ["base", "graph"],
  data: ["base"],
  train: ["base", "graph", "run", "nn", "data"],
  probes: ["base", "graph", "run", "nn", "data"],
  experiments: ["base", "run", "nn", "data", "train", "probes"],
  studies: ["base", "graph", "run", "nn", "data", "train", "probes", "experiments"],
  cli: [
    "base",
    "graph",
    "loops",
    "compile",
    "emit",
    "run",
    "nn",
    "data",
    "train",
    "probes",
    "experiments",
    "studies",
  ],
};

/** The one room that may touch Node: everything else runs in a browser too. */
export const nodeRoom = "cli";

/** Packages that run in browsers as they do in Node, and the rooms that may use them. */
export const portablePackages: Readonly<Record<string, readonly string[]>> = {
  nn: ["@bufbuild/protobuf/wire"],
  data: ["fast-png", "fflate", "hyparquet", "hyparquet-compressors", "jpeg-js"],
  experiments: ["@observablehq/plot", "fast-png", "katex", "valibot"],
};

/** The rooms that `room` must not import: all others. */
export function forbiddenTo(room: string): string[] {
  const allowed = rooms[room] ?? [];
  return Object.keys(rooms).filter((other) => other !== room && !allowed.includes(other));
}

/**
 * The import order between rooms, read from the sources themselves: a second way beside the lint
 * rules made from the same table, and one that also sees dynamic imports.
 */
import { globSync, readFileSync, readdirSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { nodeRoom, portablePackages, rooms } from "../tooling/rooms.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** A module that the package chooses by the conditions it runs under. */
interface Choice {
  readonly node: Readonly<Record<string, string>>;
  readonly "evenkeel-source": string;
  readonly default: string;
}

const { imports: ownImports } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
  readonly imports: Readonly<Record<string, Choice>>;
};

interface Import {
  readonly file: string;
  readonly from: string;
}

/** Every module that `file` names: static, for types, re-exported, dynamic or as a worker's URL. */
function importsOf(file: string): Import[] {
  const text = readFileSync(root + file, "utf8");
  // No specifier has a space or a comma; a column of a table may be called "from".
  const specifiers = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)["']([^"'\s,]+)["']/g;
  return [...text.matchAll(specifiers)].map((match) => ({ file, from: match[1]! }));
}

const sources = globSync("src/**/*.ts", { cwd: root })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => !file.endsWith(".test.ts"));
const imports = sources.flatMap(importsOf);

/** The room a source belongs to; null for `src/index.ts`. */
function roomOf(file: string): string | null {
  const [, room, rest] = file.split("/");
  return rest === undefined ? null : room!;
}

describe("rooms", () => {
  test("the table names the folders of src, each importing earlier ones only", () => {
    const folders = readdirSync(`${root}src`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expect(folders.filter((name) => !(name in rooms))).toEqual([]);
    const order = Object.keys(rooms);
    for (const [index, room] of order.entries()) {
      expect(order.slice(0, index), room).toEqual(expect.arrayContaining([...rooms[room]!]));
    }
  });

  test("the architecture page shows the same table", () => {
    const page = readFileSync(`${root}docs/architecture.md`, "utf8");
    const rows = [...page.matchAll(/^\| `(\w+)` +\| .* \| ([^|]+?) +\|$/gm)];
    const shown = rows.map(([, room, allowed]) => [room!, allowed!]);
    const written = (allowed: readonly string[]): string => {
      if (allowed.length === Object.keys(rooms).length - 1) return "all";
      return allowed.length === 0 ? "nothing" : allowed.join(", ");
    };
    expect(shown).toEqual(Object.entries(rooms).map(([room, list]) => [room, written(list)]));
  });

  test("every import between rooms is in the table", () => {
    const between = imports
      .filter(({ from }) => from.startsWith("."))
      .map(({ file, from }) => ({ file, room: roomOf(file), target: posix.join(file, "..", from) }))
      .filter(({ room, target }) => room !== null && roomOf(target) !== room)
      .filter(({ room, target }) => room !== nodeRoom || target !== "package.json");
    expect(between.length).toBeGreaterThan(0);
    const wrong = between.filter(
      ({ room, target }) => !rooms[room!]!.includes(roomOf(target) ?? "the root"),
    );
    expect(wrong).toEqual([]);
  });

  test("only the command line imports Node, and packages that a browser could not run", () => {
    const outside = imports
      .map(({ file, from }) => ({ file, from, room: roomOf(file) ?? "the root" }))
      .filter(({ room, from }) => !from.startsWith(".") && room !== nodeRoom)
      .filter(({ room, from }) => !(portablePackages[room] ?? []).includes(from))
      .filter(({ from }) => !(from in ownImports));
    expect(outside).toEqual([]);
  });

  test("what depends on where the package runs is the command line's in Node only", () => {
    const named = new Set(imports.map(({ from }) => from).filter((from) => from.startsWith("#")));
    expect([...named].toSorted()).toEqual(Object.keys(ownImports).toSorted());
    for (const { node, ...elsewhere } of Object.values(ownImports)) {
      expect(Object.values(node).map((path) => path.split("/")[2])).toEqual([nodeRoom, nodeRoom]);
      expect(Object.keys(elsewhere)).toEqual(["evenkeel-source", "default"]);
      expect(Object.values(elsewhere).map((path) => path.split("/")[2])).toEqual(["run", "run"]);
    }
  });

  test("relative imports name the source file, ending included", () => {
    const vague = imports.filter(({ from }) => from.startsWith(".") && !/\.\w+$/.test(from));
    expect(vague).toEqual([]);
  });
});

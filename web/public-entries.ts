/** The package's public entries, as the page imports them, found among the sources. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

type Target = string | { readonly [condition: string]: Target };

const root = fileURLToPath(new URL("../", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
  readonly exports: Readonly<Record<string, Target>>;
};

/** For a browser: the conditions "import" and "default". */
function fileOf(target: Target): string {
  if (typeof target === "string") return target;
  return fileOf(target["import"] ?? target["default"]!);
}

/** The longest name first: an alias also takes what begins with it. */
export const publicEntries: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(exports)
    .filter(([entry]) => entry !== "./package.json")
    .map(([entry, target]): [string, string] => [
      `evenkeel${entry.slice(1)}`,
      fileOf(target).replace("./dist", `${root}src`).replace(/\.js$/, ".ts"),
    ])
    .toSorted(([a], [b]) => b.length - a.length),
);

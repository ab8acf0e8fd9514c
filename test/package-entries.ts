/** The package's entries as its users name them, found among the sources instead of in `dist/`. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

type Target = string | { readonly [condition: string]: Target };

const root = fileURLToPath(new URL("../", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
  readonly exports: Readonly<Record<string, Target>>;
};

function resolve(target: Target, conditions: readonly string[]): string {
  if (typeof target === "string") return target;
  const chosen = Object.keys(target).find(
    (name) => conditions.includes(name) || name === "default",
  );
  return resolve(target[chosen!]!, conditions);
}

/** `{ "evenkeel/nn": "…/src/nn/index.ts", … }`, for code that runs under `conditions`. */
export function sourceEntries(conditions: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(exports)
      .filter(([entry]) => entry !== "./package.json")
      .map(([entry, target]) => [
        `evenkeel${entry.slice(1)}`,
        resolve(target, conditions).replace("./dist", `${root}src`).replace(/\.js$/, ".ts"),
      ]),
  );
}

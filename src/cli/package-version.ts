import { readFileSync } from "node:fs";

/** The version in our own package.json, which lies above `src/cli` and `dist/cli` alike. */
export function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const content: unknown = JSON.parse(text);
  const version =
    content !== null && typeof content === "object" && "version" in content
      ? content.version
      : null;
  return typeof version === "string" ? version : "unknown";
}

/** What must not be in the repository: a machine's paths and hosts, notes to self, open ends. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const files = execFileSync(
  "git",
  ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
  {
    cwd: root,
    encoding: "utf8",
  },
)
  .split("\0")
  .filter((file) => file !== "" && statSync(root + file, { throwIfNoEntry: false })?.isFile());
const binary = /\.(png|jpe?g|gz|idx\d?|bin|wasm|safetensors|woff2?|npz?|ico)$/;
const texts = files
  .filter((file) => !binary.test(file))
  .map((file) => ({ file, text: readFileSync(root + file, "utf8") }));

/** Files in which `pattern` occurs, with the line. The patterns are built from parts: this file is searched too. */
function findAll(pattern: RegExp, except: RegExp = /^$/): string[] {
  return texts
    .filter(({ file }) => !except.test(file))
    .flatMap(({ file, text }) =>
      text
        .split("\n")
        .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line}`] : [])),
    );
}

function words(...parts: readonly [string, string][]): RegExp {
  return new RegExp(parts.map(([head, tail]) => `${head}${tail}`).join("|"));
}

describe("repository", () => {
  test("is read", () => {
    expect(texts.map(({ file }) => file)).toEqual(
      expect.arrayContaining(["package.json", "package-lock.json", "test/repository.test.ts"]),
    );
    expect(findAll(words(["Find", "All|function fin"]))).not.toEqual([]);
  });

  test("names no path of one machine", () => {
    const paths = words(["/wo", "rk/"], ["/ro", "ot/"], ["/ho", "me/\\w"], ["/Us", "ers/\\w"]);
    expect(findAll(paths)).toEqual([]);
  });

  test("names no registry's host", () => {
    expect(findAll(words(["registry\\.npm", "js"], ["npm\\.pkg\\.", "github"]))).toEqual([]);
    // The page's own folder is the one thing that is resolved to a path: within the repository.
    expect(findAll(words(['"resol', 'ved"\\s*:\\s*"(?!web")']), /^test\//)).toEqual([]);
    // Where npm says which registry it is set to, that one is looked for by name.
    const own = new URL(process.env["npm_config_registry"] ?? "http://localhost").hostname;
    const local = ["localhost", "127.0.0.1", "[::1]"].includes(own);
    const named = texts.filter(({ text }) => !local && text.includes(own));
    expect(named.map(({ file }) => file)).toEqual([]);
  });

  test("has no forgotten notes, silenced checks or unresolved merges", () => {
    const notes = words(
      ["\\bTO", "DO\\b"],
      ["\\bFIX", "ME\\b"],
      ["\\bXX", "X\\b"],
      ["\\bHA", "CK\\b"],
    );
    expect(findAll(notes, /^package-lock\.json$/)).toEqual([]);
    const silenced = words(["@ts-ig", "nore"], ["@ts-no", "check"], ["(es|ox)lint-dis", "able"]);
    expect(findAll(silenced)).toEqual([]);
    expect(findAll(words(["^<<<<", "<<< "], ["^>>>>", ">>> "]))).toEqual([]);
  });

  test("has no variable called like the two probabilities of dropout", () => {
    const unclear =
      /\b(?:const|let|var)\s+p\b|[({,]\s*p\??\s*(?:,|\)\s*=>|:\s*(?:number|readonly|Float))/;
    const code = texts.filter(({ file }) => /^(src|test|bench|tooling)\/.*\.ts$/.test(file));
    const found = code.filter(({ text }) => text.split("\n").some((line) => unclear.test(line)));
    expect(found.map(({ file }) => file)).toEqual([]);
  });

  test("keeps sources small", () => {
    const long = texts
      .filter(({ file }) => /^(src|test|bench|tooling)\/.*\.ts$/.test(file))
      .filter(({ text }) => text.split("\n").length > 401);
    expect(long.map(({ file }) => file)).toEqual([]);
  });
});

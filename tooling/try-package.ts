/**
 * Installs the package as its users get it, in a folder of its own, and tries what they would:
 * every entry imports, the command answers, and nothing is in it that does not belong.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
  readonly unpackedSize: number;
}

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), "evenkeel-package-")));

function run(cwd: string, command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function check(holds: boolean, rule: string): void {
  if (!holds) throw new Error(`try-package: ${rule}`);
}

function pack(): string {
  // The build is fresh: `npm run check` has just made it.
  const text = run(root, "npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder);
  // npm 12 prints an object of packages, npm 11 a list of them.
  const [packed] = Object.values(JSON.parse(text) as Record<string, Packed>);
  check(packed !== undefined, "npm pack must make one package");
  const { filename, files, unpackedSize } = packed!;
  // The lab's page has styles, fonts and pictures too.
  const expected =
    /^(dist\/.+\.(js|d\.ts)|dist\/lab\/.+\.(html|css|woff2?|ttf|svg|png|ico)|bin\/evenkeel\.js|package\.json|[A-Z]+(\.md)?)$/;
  const strange = files.map(({ path }) => path).filter((path) => !expected.test(path));
  check(strange.length === 0, `the package must hold no other files, got ${strange.join(", ")}`);
  check(!files.some(({ path }) => path.includes(".test.")), "the package must hold no tests");
  console.log(`package: ${files.length} files, ${Math.round(unpackedSize / 1024)} KiB`);
  return join(folder, filename);
}

try {
  const tarball = pack();
  writeFileSync(join(folder, "package.json"), `{ "type": "module", "private": true }\n`);
  run(folder, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", tarball);

  const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
    readonly exports: Readonly<Record<string, unknown>>;
  };
  const entries = Object.keys(exports).filter((entry) => !entry.endsWith(".json"));
  const names = entries.map((entry) => `evenkeel${entry.slice(1)}`);
  const program = `
    for (const name of ${JSON.stringify(names)}) {
      const count = Object.keys(await import(name)).length;
      if (count === 0) throw new Error(name + " exports nothing");
      console.log(name + ": " + count + " exports");
    }`;
  console.log(run(folder, process.execPath, "--input-type=module", "-e", program).trim());

  // A user's strict compiler reads our declarations too, without Node's types.
  const imports = names.map((name, i) => `import * as entry${i} from "${name}";`);
  const uses = `export const entries = [${names.map((_, i) => `entry${i}`).join(", ")}];`;
  writeFileSync(join(folder, "entries.ts"), [...imports, uses].join("\n"));
  for (const resolution of ["--module nodenext", "--module esnext --moduleResolution bundler"]) {
    const options = `--noEmit --strict --target es2024 --lib es2024,dom --types null ${resolution}`;
    const compiler = `${root}node_modules/typescript/bin/tsc`;
    run(folder, process.execPath, compiler, ...options.split(" "), "entries.ts");
  }

  const help = run(folder, "npx", "--no-install", "evenkeel", "--help");
  check(help.startsWith("Usage: evenkeel"), "npx evenkeel --help must print the usage");
  const studies = JSON.parse(
    run(folder, "npx", "--no-install", "evenkeel", "studies", "--json"),
  ) as {
    readonly studies: readonly { readonly id: string }[];
  };
  check(studies.studies.length > 0, "npx evenkeel studies --json must list studies");
  console.log(`evenkeel studies: ${studies.studies.map(({ id }) => id).join(", ")}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

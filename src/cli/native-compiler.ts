/** The machine's C compiler: which one there is, what its vectors are like, and how to call it. */
import { spawn } from "node:child_process";
import { rm, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";

export interface Compiler {
  readonly command: readonly string[];
  /** Optimize for this very processor. */
  readonly tuning: readonly string[];
  /** `gcc 12.2.0` */
  readonly name: string;
  /** `512-bit SIMD with FMA` */
  readonly vectors: string;
  readonly lanes: number;
  /** Vector registers. */
  readonly registers: number;
  /** Everything that what it makes depends on, beside the source. */
  readonly identity: string;
}

/** Why no compiler can be used; `found` if there is one. */
export class CompilerTrouble extends Error {
  override readonly name = "CompilerTrouble";
  readonly found: boolean;
  constructor(message: string, found: boolean) {
    super(message);
    this.found = found;
  }
}

/**
 * No fast-math: every operation rounds as it is written, and a multiplication and an addition
 * become one instruction only where the kernel says `fma`.
 */
const semantics = [
  "-std=gnu11",
  "-O2",
  "-ffp-contract=off",
  "-fno-math-errno",
  "-fno-trapping-math",
  "-fwrapv",
  "-fno-strict-aliasing",
  "-w",
];

const linkage = ["-shared", "-fPIC", "-fvisibility=hidden", "-pthread"];

const tunings = [["-march=native"], ["-mcpu=native"], []];

/** The compiler named by CC, or else the first of cc, gcc and clang. Errors: CompilerTrouble. */
export async function findCompiler(env: NodeJS.ProcessEnv): Promise<Compiler> {
  const chosen = env["CC"]?.trim();
  const commands = chosen ? [chosen.split(/\s+/)] : [["cc"], ["gcc"], ["clang"]];
  let complaint: string | null = null;
  for (const command of commands) {
    for (const tuning of tunings) {
      const args = [...tuning, "-dM", "-E", "-x", "c", "-"];
      const { code, output, errors } = await runTool(command, args, env);
      if (code === null) break;
      if (code === 0) return describeCompiler(command, tuning, output);
      complaint ??= `${command.join(" ")}: ${firstError(errors)}`;
    }
  }
  if (complaint !== null) throw new CompilerTrouble(complaint, true);
  const names = commands.map((command) => command.join(" ")).join(", ");
  throw new CompilerTrouble(
    `needs a C compiler, got no ${names} on the PATH`,
    chosen !== undefined,
  );
}

function describeCompiler(
  command: readonly string[],
  tuning: readonly string[],
  macros: string,
): Compiler {
  const has = (macro: string): boolean => macros.includes(`#define ${macro} `);
  const text = (macro: string): string =>
    new RegExp(`#define ${macro} "(.*)"`).exec(macros)?.[1]?.trim() ?? "";
  const clang = has("__clang__");
  const version = text(clang ? "__clang_version__" : "__VERSION__").split(/\s/)[0]!;
  const lanes = has("__AVX512F__") ? 16 : has("__AVX2__") ? 8 : 4;
  const fma = has("__FMA__") || has("__ARM_FEATURE_FMA");
  return {
    command,
    tuning,
    name: `${clang ? "clang" : "gcc"} ${version}`,
    vectors: `${lanes * 32}-bit SIMD ${fma ? "with" : "without"} FMA`,
    lanes,
    registers: has("__AVX512F__") || has("__aarch64__") ? 32 : 16,
    identity: [command.join(" "), ...tuning, ...semantics, ...linkage, macros].join("\n"),
  };
}

/** Characters of source for which a unit of its own pays: starting the compiler costs as much as some of them. */
const WORTH_A_UNIT = 100_000;

/**
 * Makes `output` from `source`, both in `folder`; a long source in several units at once, one per
 * processor at most.
 *
 * Errors: CompilerTrouble with the first complaint.
 */
export async function runCompiler(
  { command, tuning }: Compiler,
  files: { readonly folder: string; readonly source: string; readonly output: string },
  options: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const { folder, source, output } = files;
  const { size } = await stat(join(folder, source));
  const units = Math.max(1, Math.min(availableParallelism(), Math.floor(size / WORTH_A_UNIT)));
  const compile = async (args: readonly string[]): Promise<void> => {
    const all = [...semantics, ...tuning, ...options, ...linkage, ...args];
    const { code, errors } = await runTool(command, all, env, folder);
    if (code !== 0) throw new CompilerTrouble(firstError(errors), true);
  };
  if (units === 1) return compile(["-o", output, source, "-lm"]);
  const objects = Array.from({ length: units }, (_, unit) => `unit${unit}.o`);
  await Promise.all(
    objects.map((object, unit) =>
      compile([`-DUNIT=${unit}`, `-DUNITS=${units}`, "-c", "-o", object, source]),
    ),
  );
  await compile(["-o", output, ...objects, "-lm"]);
  await Promise.all(objects.map((object) => rm(join(folder, object))));
}

interface Outcome {
  /** Null if the command could not be started. */
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

function runTool(
  [file, ...first]: readonly string[],
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const tool = spawn(file!, [...first, ...args], {
      // Messages in English, whatever the user speaks: `firstError` reads them.
      env: { ...env, LC_ALL: "C" },
      stdio: ["pipe", "pipe", "pipe"],
      ...(cwd === undefined ? {} : { cwd }),
    });
    let output = "";
    let errors = "";
    tool.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    tool.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    tool.on("error", (error) => resolve({ code: null, output: "", errors: error.message }));
    tool.on("close", (code, signal) => {
      resolve({ code: code ?? 1, output, errors: errors || `ended by ${signal ?? "itself"}` });
    });
    // A tool that is not there cannot be written to either; its own error event says so.
    tool.stdin.on("error", () => undefined);
    tool.stdin.end();
  });
}

/** The line of a compiler's output that says what is wrong. */
function firstError(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return (
    lines.find((line) => /error|cannot|ended by/i.test(line)) ??
    lines[0] ??
    "no message"
  ).trim();
}

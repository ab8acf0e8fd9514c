/** `evenkeel compare`'s options, and the specification they and a file make together. */
import type { Command } from "commander";
import { checkSpec, type CompareSpec } from "../../experiments/index.ts";
import { backendNames } from "../../run/select.ts";
import { wholeNumber } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";
import { isSpec, loadSpec } from "./load-spec.ts";

/** How a file of rows is read. */
export interface ReadOptions {
  readonly delimiter?: string;
  readonly encoding?: string;
  readonly decimal?: string;
  readonly thousands?: string;
  readonly missing?: string;
  readonly types?: string;
  readonly ignore?: string;
  readonly skipBad?: number;
  /** False for `--no-header`. */
  readonly header?: boolean;
}

export interface CompareCommandOptions extends ReadOptions {
  readonly target?: string;
  readonly task?: string;
  readonly baseline?: string;
  readonly seeds?: number;
  readonly seed?: number;
  readonly folds?: number;
  readonly steps?: number;
  readonly minutes?: number;
  readonly backend: string;
  readonly threads?: number;
  readonly out: string;
  readonly queue?: string;
  readonly log?: string;
  readonly dryRun?: boolean;
}

export function addReadOptions(command: Command): Command {
  return command
    .option("--delimiter <c>", "what stands between cells (default: guessed)")
    .option("--no-header", "the first row is data (default: guessed)")
    .option(
      "--encoding <name>",
      "such as windows-1252 (default: by the byte order mark, else utf-8)",
    )
    .option("--decimal <c>", "decimal mark, . or , (default: guessed)")
    .option("--thousands <c>", "mark between groups of three digits (default: none)")
    .option(
      "--missing <a,b>",
      "texts that mean that nothing is known (default: NA, null, ? and the like)",
    )
    .option("--types <a=category,b=number>", "kinds of columns (default: guessed)")
    .option("--ignore <a,b>", "columns to leave out")
    .option(
      "--skip-bad <n>",
      "bad rows to leave out before giving up",
      wholeNumber("--skip-bad", 0),
    );
}

export function addCompareOptions(command: Command): Command {
  return addReadOptions(command)
    .option("--target <column>", "the column to predict")
    .option("--task <name>", "classification or regression (default: guessed)")
    .option("--baseline <arm>", "what the others are held against (default: the first arm)")
    .option(
      "--seeds <n>",
      "seeds per fold (default: 2 with folds, else 5)",
      wholeNumber("--seeds", 1),
    )
    .option(
      "--seed <s>",
      "the first seed; the others follow it (default: 1)",
      wholeNumber("--seed", 0),
    )
    .option(
      "--folds <n>",
      "parts tested in turn, 1 for a single split (default: 5)",
      wholeNumber("--folds", 1),
    )
    .option("--steps <n>", "updates per run (default: 1000)", wholeNumber("--steps", 1))
    .option("--minutes <m>", "time for everything together, in place of --steps", minutes)
    .option("--backend <name>", `what computes: ${backendNames.join(", ")}`, "auto")
    .option(
      "--threads <n>",
      "runs at a time (default: the machine's cores)",
      wholeNumber("--threads", 1),
    )
    .option("--out <folder>", "where runs and reports are kept", "runs")
    .option(
      "--queue <address>",
      "let the workers of a queue carry out the runs, see evenkeel worker",
    )
    .option("--log <format>", "write each run's numbers for other tools too: tensorboard")
    .option("--dry-run", "say how many runs there are and how long they take, and do nothing");
}

function minutes(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`--minutes must be a number above 0, got "${text}"`);
}

/**
 * The specification: of a file if `subject` is one, with the options given instead of its settings.
 *
 * Errors: UsageError for lists that cannot be read; as `loadSpec` and `checkSpec`.
 */
export async function specOf(
  subject: string,
  options: CompareCommandOptions,
): Promise<CompareSpec> {
  const base: CompareSpec = isSpec(subject) ? await loadSpec(subject) : { data: subject };
  const { target, task, baseline, seeds, seed, folds, steps, minutes: budget } = options;
  const read = { ...base.read, ...readSpecOf(options) };
  const given = { target, task, baseline, seeds, seed, folds, steps, minutes: budget };
  const wanted = Object.entries(given).filter(([, value]) => value !== undefined);
  const merged: Record<string, unknown> = { ...base, ...Object.fromEntries(wanted) };
  if (steps !== undefined) delete merged["minutes"];
  if (budget !== undefined && steps === undefined) delete merged["steps"];
  if (Object.keys(read).length > 0) merged["read"] = read;
  return checkSpec(merged, "compare");
}

export function readSpecOf(options: ReadOptions): Record<string, unknown> {
  const { delimiter, encoding, decimal, thousands, missing, types, ignore, skipBad, header } =
    options;
  const all = {
    delimiter: delimiter === "\\t" || delimiter === "tab" ? "\t" : delimiter,
    encoding,
    decimal,
    thousands,
    skipBad,
    missing: missing?.split(","),
    ignore: ignore?.split(","),
    types: types === undefined ? undefined : typesOf(types),
    // Commander's default for --no-header is true, which says nothing.
    header: header === false ? false : undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function typesOf(text: string): Record<string, string> {
  const pairs = text.split(",").map((part) => {
    const at = part.lastIndexOf("=");
    if (at > 0) return [part.slice(0, at), part.slice(at + 1)] as const;
    throw new UsageError(`--types must be a list such as a=category,b=number, got "${text}"`);
  });
  return Object.fromEntries(pairs);
}

/** The command that asks for the same numbers again. */
export function repeatCommand(subject: string, options: CompareCommandOptions): string {
  const {
    queue: _queue,
    log: _log,
    out: _out,
    threads: _threads,
    dryRun: _dryRun,
    backend,
    header,
    ...rest
  } = options;
  const flags = Object.entries(rest).flatMap(([name, value]) =>
    name === "json" || value === undefined
      ? []
      : [
          `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${quoted(String(value))}`,
        ],
  );
  const more = [
    ...(header === false ? ["--no-header"] : []),
    ...(backend === "auto" ? [] : [`--backend ${backend}`]),
  ];
  return ["evenkeel compare", quoted(subject), ...flags, ...more].join(" ");
}

function quoted(text: string): string {
  return /^[\w./,=@:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

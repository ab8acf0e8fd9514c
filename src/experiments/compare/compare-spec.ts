/** A comparison as plain data: what a file, a command line or a page may ask for. */
import * as v from "valibot";
import { OptionError } from "../../base/errors.ts";
import { shuffledIndices } from "../../data/index.ts";
import {
  namedSettingsSchema,
  settingNames,
  settingsGridSchema,
  settingsSchema,
  type ArmSettings,
  type NamedSettings,
  type SettingsGrid,
} from "./arm-settings.ts";
import { usualArms } from "./arm-plan.ts";

/** How a file of rows is read, where guessing is not enough. */
export interface ReadSpec {
  readonly delimiter?: string | undefined;
  readonly header?: boolean | undefined;
  readonly encoding?: string | undefined;
  readonly decimal?: "." | "," | undefined;
  readonly thousands?: string | undefined;
  readonly missing?: readonly string[] | undefined;
  readonly types?: Readonly<Record<string, "number" | "category">> | undefined;
  readonly ignore?: readonly string[] | undefined;
  readonly skipBad?: number | undefined;
}

export interface CompareSpec {
  /** A file, a folder of images by class, or the name of a data set. */
  readonly data: string;
  /** The column to predict. */
  readonly target?: string | undefined;
  readonly task?: "classification" | "regression" | undefined;
  readonly read?: ReadSpec | undefined;
  /** A list of arms, or lists of values to combine. Defaults to *the usual candidates*. */
  readonly arms?: readonly NamedSettings[] | SettingsGrid | undefined;
  /** Settings of all arms that do not say otherwise. */
  readonly shared?: ArmSettings | undefined;
  /** The name of the arm that the others are held against. Defaults to *the first*. */
  readonly baseline?: string | undefined;
  /** Runs of each arm on each fold. */
  readonly seeds?: number | undefined;
  /** The first seed; the others follow it. Defaults to *1*. */
  readonly seed?: number | undefined;
  /** Parts that are tested in turn; 1 for a single split. */
  readonly folds?: number | undefined;
  /** Of a single split. Defaults to *0.2*. */
  readonly testShare?: number | undefined;
  /** Updates per run. */
  readonly steps?: number | undefined;
  /** Minutes for everything together, in place of steps. */
  readonly minutes?: number | undefined;
  /** That many arms of the grid, drawn at random with a seed. */
  readonly search?: { readonly arms: number; readonly seed?: number | undefined } | undefined;
  /** Successive halving: rounds of ever longer runs, each keeping one arm in so many. */
  readonly halving?: number | undefined;
}

const text = v.pipe(v.string(), v.maxLength(4096));
const whole = (least: number, most: number): v.GenericSchema<number> =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const readEntries = {
  delimiter: v.optional(text),
  header: v.optional(v.boolean()),
  encoding: v.optional(text),
  decimal: v.optional(v.picklist([".", ","])),
  thousands: v.optional(text),
  missing: v.optional(v.array(text)),
  types: v.optional(v.record(text, v.picklist(["number", "category"]))),
  ignore: v.optional(v.array(text)),
  skipBad: v.optional(whole(0, 1e9)),
};

const armListSchema = v.pipe(v.array(namedSettingsSchema), v.minLength(1));

const specSchema: v.GenericSchema<unknown, CompareSpec> = v.strictObject({
  data: text,
  target: v.optional(text),
  task: v.optional(v.picklist(["classification", "regression"])),
  read: v.optional(v.strictObject(readEntries)),
  arms: v.optional(v.lazy((arms) => (Array.isArray(arms) ? armListSchema : settingsGridSchema))),
  shared: v.optional(settingsSchema),
  baseline: v.optional(text),
  seeds: v.optional(whole(1, 10_000)),
  seed: v.optional(whole(0, Number.MAX_SAFE_INTEGER)),
  folds: v.optional(whole(1, 1000)),
  testShare: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))),
  steps: v.optional(whole(1, 1e9)),
  minutes: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1e6))),
  search: v.optional(
    v.strictObject({
      arms: whole(2, 100_000),
      seed: v.optional(whole(0, Number.MAX_SAFE_INTEGER)),
    }),
  ),
  halving: v.optional(whole(2, 10)),
});

/** More arms than this, before any are drawn, are a mistake. */
const MOST_ARMS = 100_000;

/**
 * A specification, checked.
 *
 * Errors: OptionError naming each place that is wrong, what was expected there and what was found.
 */
export function checkSpec(value: unknown, where: string): CompareSpec {
  const result = v.safeParse(specSchema, value);
  if (!result.success) {
    const problems = result.issues.slice(0, 5).map(problemText);
    throw new OptionError(`${where}: ${problems.join("; ")}`);
  }
  const spec = result.output;
  if (spec.steps !== undefined && spec.minutes !== undefined) {
    throw new OptionError(`${where}: takes steps or minutes, got both`);
  }
  if (spec.search !== undefined && (spec.arms === undefined || isList(spec.arms))) {
    throw new OptionError(`${where}: search needs arms as lists of values to combine, got none`);
  }
  return spec;
}

/** `arms.0.dropout must be <=0.95, got 2`. */
function problemText(issue: v.BaseIssue<unknown>): string {
  const place = v.getDotPath(issue) ?? "the specification";
  const { expected, message, received } = issue;
  const rule = expected === "never" ? "absent: there is no such setting" : (expected ?? message);
  return `${place} must be ${rule}, got ${received}`;
}

function isList(arms: NonNullable<CompareSpec["arms"]>): arms is readonly NamedSettings[] {
  return Array.isArray(arms);
}

/**
 * The arms of a specification: the list, or every combination of a grid, or some of them drawn.
 *
 * Errors: OptionError for more than 100,000 combinations.
 */
export function armsOf({ arms, search }: CompareSpec): readonly NamedSettings[] {
  if (arms === undefined) return usualArms;
  if (isList(arms)) return arms;
  const all = combinations(arms);
  if (search === undefined || search.arms >= all.length) return all;
  const order = shuffledIndices(all.length, search.seed ?? 1, 0, "search");
  // The first combination is the baseline unless another is named: it always takes part.
  const drawn = [...order].filter((at) => at !== 0).slice(0, search.arms - 1);
  return [0, ...drawn.toSorted((a, b) => a - b)].map((at) => all[at]!);
}

function combinations(grid: SettingsGrid): NamedSettings[] {
  let all: NamedSettings[] = [{}];
  for (const name of settingNames) {
    const values = grid[name];
    if (values === undefined) continue;
    if (all.length * values.length > MOST_ARMS) {
      throw new OptionError(`arms: must combine to at most ${MOST_ARMS}, got more`);
    }
    all = all.flatMap((settings) => values.map((value) => ({ ...settings, [name]: value })));
  }
  return all;
}

/** What a layer takes: described once, for the form on the page and for checking what comes in. */
import type { LayerSpec, OptionValue } from "./protocol.ts";

interface Common {
  readonly name: string;
  /** Shown and used only while another option has one of these values. */
  readonly when?: readonly [option: string, ...values: readonly OptionValue[]];
}

export type OptionSpec = Common &
  (
    | {
        readonly type: "number" | "count";
        readonly initial: number;
        readonly min: number;
        readonly max: number;
        /** May it be `"classes"`: as many as the data has? */
        readonly orClasses?: boolean;
      }
    | { readonly type: "choice"; readonly initial: string; readonly choices: readonly string[] }
    | { readonly type: "flag"; readonly initial: boolean }
  );

/** A layer's options with defaults filled in. */
export interface Options {
  number(name: string): number;
  text(name: string): string;
  flag(name: string): boolean;
  /** A count, or the number of classes where the option says so. */
  width(name: string, classes: number): number;
  /** The options that differ from their defaults, of those named. */
  changed(...names: readonly string[]): Readonly<Record<string, OptionValue>>;
}

/**
 * Reads a layer's options.
 *
 * Errors: Error naming the layer, the option and the rule, for one that is unknown or out of range.
 */
export function readOptions(spec: LayerSpec, known: readonly OptionSpec[]): Options {
  for (const name of Object.keys(spec)) {
    if (name === "kind" || known.some((option) => option.name === name)) continue;
    const names = known.map((option) => option.name).join(", ") || "none";
    throw new Error(`${spec.kind}: options must be of ${names}, got ${name}`);
  }
  const byName = new Map(known.map((option) => [option.name, option]));
  const valueOf = (name: string): OptionValue => {
    const option = byName.get(name)!;
    const value = spec[name];
    if (value === undefined) return option.initial;
    const rule = refusal(option, value);
    if (rule === null) return value;
    throw new Error(`${spec.kind}: ${name} must be ${rule}, got ${JSON.stringify(value)}`);
  };
  known.forEach(({ name }) => valueOf(name));
  return {
    number: (name) => Number(valueOf(name)),
    text: (name) => String(valueOf(name)),
    flag: (name) => valueOf(name) === true,
    width: (name, classes) => (valueOf(name) === "classes" ? classes : Number(valueOf(name))),
    changed: (...names) =>
      Object.fromEntries(
        names.flatMap((name): [string, OptionValue][] => {
          const value = valueOf(name);
          return value === byName.get(name)!.initial ? [] : [[name, value]];
        }),
      ),
  };
}

/** What the value must be; null if it is. */
function refusal(option: OptionSpec, value: OptionValue): string | null {
  if (option.type === "flag") return typeof value === "boolean" ? null : "true or false";
  if (option.type === "choice") {
    const fits = typeof value === "string" && option.choices.includes(value);
    return fits ? null : `one of ${option.choices.join(", ")}`;
  }
  if (option.orClasses === true && value === "classes") return null;
  const { min, max, type } = option;
  const inRange = typeof value === "number" && value >= min && value <= max;
  if (inRange && (type === "number" || Number.isInteger(value))) return null;
  return `${type === "count" ? "a whole number" : "a number"} in [${min}, ${max}]`;
}

/** Is the option of any use, given the others? */
export function applies(
  option: OptionSpec,
  spec: LayerSpec,
  known: readonly OptionSpec[],
): boolean {
  if (option.when === undefined) return true;
  const [name, ...values] = option.when;
  const other = known.find((candidate) => candidate.name === name);
  return values.includes(spec[name] ?? other!.initial);
}

/** Settings as text for the address: `dropout(rate=0.3)`, `linear(out=100),relu,linear(out=classes)`. */
import type { LayerSpec, OptimizerSpec, OptionValue } from "../engine/index.ts";

/** `kind(option=value,…)`, or the kind alone. */
function printTerm({ kind, ...options }: LayerSpec): string {
  const fields = Object.entries(options).map(([name, value]) => `${name}=${String(value)}`);
  return fields.length === 0 ? kind : `${kind}(${fields.join(",")})`;
}

/** Errors: Error naming what does not read as `kind(option=value,…)`. */
function parseTerm(text: string): LayerSpec {
  const match = /^([A-Za-z0-9]+)(?:\((.*)\))?$/.exec(text);
  if (match === null) {
    throw new Error(`address: a layer must read kind(option=value), got ${JSON.stringify(text)}`);
  }
  const [, kind = "", inner = ""] = match;
  const fields = inner === "" ? [] : inner.split(",");
  const options = fields.map((field): [string, OptionValue] => {
    const at = field.indexOf("=");
    if (at > 0) return [field.slice(0, at), parseValue(field.slice(at + 1))];
    throw new Error(`address: an option must read name=value, got ${JSON.stringify(field)}`);
  });
  return { ...Object.fromEntries(options), kind };
}

function parseValue(text: string): OptionValue {
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : text;
}

export function printLayers(layers: readonly LayerSpec[]): string {
  return layers.map(printTerm).join(",");
}

/** Commas inside parentheses belong to a layer. */
export function parseLayers(text: string): readonly LayerSpec[] {
  const terms = text === "" ? [] : text.split(/,(?![^()]*\))/);
  return terms.map(parseTerm);
}

const optimizers: readonly OptimizerSpec["kind"][] = ["sgd", "adam", "adamW", "rmsProp", "adagrad"];

export function printOptimizer({ kind, ...options }: OptimizerSpec): string {
  return printTerm({ kind, ...options });
}

/** Errors: Error for an unknown optimizer or option, or numbers out of range. */
export function parseOptimizer(text: string): OptimizerSpec {
  const { kind: name, ...options } = parseTerm(text);
  const kind = optimizers.find((known) => known === name);
  if (kind === undefined) {
    throw new Error(`address: an optimizer must be one of ${optimizers.join(", ")}, got ${name}`);
  }
  const { learningRate, momentum, weightDecay, ...unknown } = options as Partial<
    Record<string, OptionValue>
  >;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) {
    throw new Error(
      `address: ${kind} takes learningRate, momentum and weightDecay, got ${stranger}`,
    );
  }
  return {
    kind,
    learningRate: positive(learningRate, "learningRate"),
    ...(momentum !== undefined && { momentum: positive(momentum, "momentum") }),
    ...(weightDecay !== undefined && { weightDecay: positive(weightDecay, "weightDecay") }),
  };
}

function positive(value: OptionValue | undefined, name: string): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new Error(`address: ${name} must be a number of at least 0, got ${String(value)}`);
}

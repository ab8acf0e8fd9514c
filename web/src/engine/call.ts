/**
 * A call of the library as data. The worker makes it, the page prints it as the program to take
 * home: what is shown is what ran.
 */
import * as nn from "./layer-functions.ts";

/** A name of the library that is a value, such as `heNormal`. */
export interface Name {
  readonly name: keyof typeof nn.values;
}

export interface Call {
  readonly callee: keyof typeof nn.functions;
  readonly args: readonly Argument[];
}

type Fields = Readonly<{ [field: string]: Argument }>;
export type Argument = number | string | boolean | readonly number[] | Name | Call | Fields;

export function call(callee: Call["callee"], ...args: readonly Argument[]): Call {
  return { callee, args };
}

const isCall = (value: Argument): value is Call =>
  typeof value === "object" && Object.hasOwn(value, "callee");
const isName = (value: Argument): value is Name =>
  typeof value === "object" && Object.hasOwn(value, "name");

/** What the library returns. Errors: the library's own. */
export function evaluateCall({ callee, args }: Call): unknown {
  const make = nn.functions[callee] as (...values: readonly unknown[]) => unknown;
  return make(...args.map(evaluate));
}

function evaluate(value: Argument): unknown {
  if (typeof value !== "object" || Array.isArray(value)) return value;
  if (isCall(value)) return evaluateCall(value);
  if (isName(value)) return nn.values[value.name];
  return Object.fromEntries(
    Object.entries(value as Fields).map(([field, inner]) => [field, evaluate(inner)]),
  );
}

/** As TypeScript: `linear(784, 100, { bias: false })`. */
export function printCall({ callee, args }: Call): string {
  return `${callee}(${args.map(print).join(", ")})`;
}

function print(value: Argument): string {
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.join(", ")}]`;
  if (isCall(value)) return printCall(value);
  if (isName(value)) return value.name;
  const fields = Object.entries(value as Fields).map(
    ([field, inner]) => `${field}: ${print(inner)}`,
  );
  return `{ ${fields.join(", ")} }`;
}

/** The names a call needs from `evenkeel/nn`. */
export function namesOf(value: Argument): readonly string[] {
  if (typeof value !== "object" || Array.isArray(value)) return [];
  if (isCall(value)) return [value.callee, ...value.args.flatMap(namesOf)];
  if (isName(value)) return [value.name];
  return Object.values(value as Fields).flatMap(namesOf);
}

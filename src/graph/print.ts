/**
 * A program as text: a line per value, inputs before users, then what is read and written.
 *
 *     %3 = matmul(%0, %2) f32 [60, 100] {transposeX: false, transposeY: false}
 *     output loss = %9
 *     write 0.weight = %12
 *
 * The text is a function of the graph alone, so it can be committed and compared.
 */
import { showShape } from "../base/shape.ts";
import { programValues, type Program, type Value } from "./value.ts";

export function printProgram(program: Program): string {
  const names = new Map<Value, string>();
  const lines = programValues(program).map((value, i) => {
    names.set(value, `%${i}`);
    return `%${i} = ${printValue(value, names)}`;
  });
  for (const [name, value] of Object.entries(program.outputs)) {
    lines.push(`output ${name} = ${names.get(value)}`);
  }
  for (const { slot, value } of program.writes) {
    lines.push(`write ${slot.name} = ${names.get(value)}`);
  }
  return `${lines.join("\n")}\n`;
}

function printValue(value: Value, names: ReadonlyMap<Value, string>): string {
  const { op, inputs, shape, dtype } = value;
  const operands = inputs.map((operand) => names.get(operand)).join(", ");
  const call = inputs.length === 0 ? op.name : `${op.name}(${operands})`;
  return [call, dtype, showShape(shape), printAttrs(value)].filter((part) => part !== "").join(" ");
}

/** Attributes that only repeat the type are left out. */
function printAttrs({ attrs }: Value): string {
  const shown = Object.entries(attrs).filter(([key]) => key !== "shape" && key !== "dtype");
  if (shown.length === 0) return "";
  return `{${shown.map(([key, attr]) => `${key}: ${printAttr(attr)}`).join(", ")}}`;
}

function printAttr(attr: unknown): string {
  if (Array.isArray(attr)) return `[${attr.map(printAttr).join(", ")}]`;
  if (typeof attr === "string") return JSON.stringify(attr);
  if (typeof attr !== "object" || attr === null) return Object.is(attr, -0) ? "-0" : String(attr);
  // Slots are the only attributes that are objects; their type is the value's own.
  return JSON.stringify((attr as { readonly name?: string }).name ?? null);
}

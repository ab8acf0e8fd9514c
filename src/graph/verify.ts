/** The grammar of a program, checked between passes. */
import { GraphError } from "../base/errors.ts";
import { sameShape, showShape } from "../base/shape.ts";
import { inputOp } from "./ops/input.ts";
import { attrsOf, isOp, programValues, type Program, type Slot, type TensorType } from "./value.ts";

export interface VerifyOptions {
  /** After which pass this is, for the message. Default `verify`. */
  readonly who?: string;
  /** Are derivative requests still allowed? Default true. */
  readonly symbolic?: boolean;
  /** Are composite ops still allowed? Default true. */
  readonly composite?: boolean;
}

/**
 * Refuses a program that is not well-formed.
 *
 * Errors: GraphError if a value's type is not what its op infers, an op is of a kind that may no
 *         longer occur, inputs of one name differ in type, or a slot is written twice or with
 *         another type.
 */
export function verify(program: Program, options: VerifyOptions = {}): void {
  const { who = "verify", symbolic = true, composite = true } = options;
  const inputTypes = new Map<string, TensorType>();
  for (const value of programValues(program)) {
    const { op, inputs, attrs } = value;
    if ((op.kind === "symbolic" && !symbolic) || (op.kind === "composite" && !composite)) {
      throw new GraphError(`${who}: no ${op.kind} op may be left, got ${op.name}`);
    }
    const inferred = inferAgain(() => op.infer(inputs, attrs), `${who}: ${op.name}`);
    checkType(inferred, value, `${who}: ${op.name} must have the type it infers`);
    if (!isOp(value, inputOp)) continue;
    const { name } = attrsOf(value, inputOp);
    checkType(inputTypes.get(name) ?? value, value, `${who}: input "${name}" must have one type`);
    inputTypes.set(name, value);
  }
  const written = new Set<Slot>();
  for (const { slot, value } of program.writes) {
    if (written.has(slot)) {
      throw new GraphError(`${who}: a slot is written at most once, got "${slot.name}" again`);
    }
    written.add(slot);
    checkType(slot, value, `${who}: what is written to "${slot.name}" must have its type`);
  }
}

/** An op that refuses here was built around `apply`: our bug, not the user's. */
function inferAgain(infer: () => TensorType, who: string): TensorType {
  try {
    return infer();
  } catch (cause) {
    throw new GraphError(`${who} must accept its inputs, got: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function checkType(expected: TensorType, actual: TensorType, rule: string): void {
  if (expected.dtype === actual.dtype && sameShape(expected.shape, actual.shape)) return;
  throw new GraphError(`${rule} ${showType(expected)}, got ${showType(actual)}`);
}

function showType({ shape, dtype }: TensorType): string {
  return `${dtype} ${showShape(shape)}`;
}

/**
 * Replaces every `derivative` request by the backward graph it stands for.
 *
 * Reverse mode: one sweep over what a loss depends on, from the loss down, multiplies gradients
 * and adds them up where a value is used twice; all requests for one loss share it. Requests are
 * replaced innermost first, so a loss may itself contain derivatives (Hessian-vector products,
 * gradient penalties). Integers, comparisons and random bits pass no gradient.
 */
import { GraphError } from "../base/errors.ts";
import { sameShape, showShape } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import { constant } from "../graph/ops/constant.ts";
import { derivativeOp } from "../graph/ops/derivative.ts";
import { inputOp } from "../graph/ops/input.ts";
import { stateOp } from "../graph/ops/state.ts";
import { rewriteProgram, withInputs } from "../graph/rewrite.ts";
import {
  attrsOf,
  isOp,
  programRoots,
  topologicalOrder,
  type Program,
  type Value,
} from "../graph/value.ts";

type Gradients = ReadonlyMap<Value, Value>;

export function differentiate(original: Program): Program {
  const program = shareSources(original);
  const order = topologicalOrder(programRoots(program));
  const targetsOf = new Map<Value, Value[]>();
  for (const request of order) {
    if (!isOp(request, derivativeOp)) continue;
    const [loss, x] = request.inputs;
    targetsOf.set(loss!, [...(targetsOf.get(loss!) ?? []), x!]);
  }
  const replaced = new Map<Value, Value>();
  const sweeps = new Map<Value, Gradients>();
  for (const value of order) {
    if (!isOp(value, derivativeOp)) {
      const inputs = value.inputs.map((operand) => replaced.get(operand)!);
      replaced.set(value, withInputs(value, inputs));
      continue;
    }
    const [loss, x] = value.inputs;
    let gradients = sweeps.get(loss!);
    if (gradients === undefined) {
      // A target not replaced yet comes later in the order, so the loss cannot depend on it.
      const targets = targetsOf.get(loss!)!.flatMap((target) => replaced.get(target) ?? []);
      gradients = backpropagate(replaced.get(loss!)!, constant(1), new Set(targets), new Set());
      sweeps.set(loss!, gradients);
    }
    replaced.set(value, gradients.get(replaced.get(x!)!) ?? constant(0, x!.shape));
  }
  const outputs = Object.entries(program.outputs).map(
    ([name, value]) => [name, replaced.get(value)!] as const,
  );
  return {
    outputs: Object.fromEntries(outputs),
    writes: program.writes.map(({ slot, value }) => ({ slot, value: replaced.get(value)! })),
  };
}

/**
 * One value for each slot and each input. A target is often named by a second `state(slot)`,
 * which as a value is not the one that the loss was computed from.
 */
function shareSources(program: Program): Program {
  const bySource = new Map<unknown, Value>();
  return rewriteProgram(program, (value) => {
    let source: unknown;
    if (isOp(value, stateOp)) source = attrsOf(value, stateOp).slot;
    else if (isOp(value, inputOp)) source = attrsOf(value, inputOp).name;
    else return value;
    const shared = bySource.get(source) ?? value;
    bySource.set(source, shared);
    return shared;
  });
}

/**
 * d root / d target · seed, for each target that `root` depends on. The sweep does not look below
 * the values in `border`: their gradients count as if they were inputs.
 */
function backpropagate(
  root: Value,
  seed: Value,
  targets: ReadonlySet<Value>,
  border: ReadonlySet<Value>,
): Gradients {
  const order = topologicalOrder([root], border);
  const leadsToTarget = new Set<Value>(targets);
  for (const value of order) {
    if (value.inputs.some((operand) => leadsToTarget.has(operand))) leadsToTarget.add(value);
  }
  const gradients = new Map<Value, Value>([[root, seed]]);
  for (const value of order.toReversed()) {
    const grad = gradients.get(value);
    if (grad === undefined || !leadsToTarget.has(value)) continue;
    for (const [operand, part] of contributions(value, grad)) {
      if (!leadsToTarget.has(operand)) continue;
      const sofar = gradients.get(operand);
      gradients.set(operand, sofar === undefined ? part : add(sofar, part));
    }
  }
  return gradients;
}

/** What one use of its inputs by `value` adds to their gradients. */
function contributions(value: Value, grad: Value): [Value, Value][] {
  const { op, inputs, attrs } = value;
  if (op.gradient === undefined) {
    if (op.meaning === undefined) return [];
    const border = new Set(inputs);
    const meaning = op.meaning(inputs, attrs);
    const gradients = backpropagate(meaning, grad, border, border);
    return [...border].flatMap((operand): [Value, Value][] => {
      const part = gradients.get(operand);
      return part === undefined ? [] : [[operand, part]];
    });
  }
  const parts = op.gradient({ inputs, output: value, grad, attrs });
  return inputs.flatMap((operand, i): [Value, Value][] => {
    const part = parts[i] ?? null;
    if (part === null || operand.dtype !== "f32") return [];
    if (part.dtype !== "f32" || !sameShape(part.shape, operand.shape)) {
      throw new GraphError(
        `differentiate: ${op.name}'s gradient for input ${i} must be f32 ` +
          `${showShape(operand.shape)}, got ${part.dtype} ${showShape(part.shape)}`,
      );
    }
    return [[operand, part]];
  });
}

/**
 * Makes a program smaller without changing what it computes: folds constants, drops identities
 * and needless views, and computes equal things once. Differentiation is careless on purpose
 * (it multiplies by one, adds zeros, repeats subexpressions); this pass cleans up after it.
 *
 * Each round visits every value once, inputs first. Rules look at one value and its inputs only,
 * so a round may open the way for another; in practice two or three suffice.
 */
import { GraphError } from "../base/errors.ts";
import { rewriteProgram } from "../graph/rewrite.ts";
import { programRoots, programValues, type Program, type Value } from "../graph/value.ts";
import { foldConstant } from "./fold-constants.ts";
import { commonValues } from "./share-common.ts";
import { simplifyArithmetic } from "./simplify-arithmetic.ts";
import { simplifyViews } from "./simplify-views.ts";

/** Far beyond any program met; rules that undo each other would never end. */
const MAX_ROUNDS = 100;

export function simplify(program: Program): Program {
  let current = program;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = simplifyOnce(current);
    const roots = programRoots(current);
    if (programRoots(next).every((value, i) => value === roots[i])) return next;
    current = next;
  }
  throw new GraphError(`simplify: must come to rest, got ${MAX_ROUNDS} rounds`);
}

function simplifyOnce(program: Program): Program {
  const common = commonValues();
  const uses = countUses(program);
  const usedOnce = (value: Value): boolean => uses.get(value) === 1;
  return rewriteProgram(program, (value) =>
    common(
      foldConstant(value) ?? simplifyArithmetic(value) ?? simplifyViews(value, usedOnce) ?? value,
    ),
  );
}

function countUses(program: Program): Map<Value, number> {
  const uses = new Map<Value, number>();
  const used = [
    ...programRoots(program),
    ...programValues(program).flatMap(({ inputs }) => inputs),
  ];
  for (const value of used) uses.set(value, (uses.get(value) ?? 0) + 1);
  return uses;
}

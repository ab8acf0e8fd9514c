/**
 * Rules of arithmetic that hold in floating point as well: each gives the same bits, except that
 * a zero may change its sign. Hence no x · 0 → 0 (x may be NaN or infinite) and no reassociation.
 */
import { add, addOp } from "../graph/ops/add.ts";
import { divOp } from "../graph/ops/div.ts";
import { mul, mulOp } from "../graph/ops/mul.ts";
import { neg, negOp } from "../graph/ops/neg.ts";
import { notOp } from "../graph/ops/not.ts";
import { select, selectOp } from "../graph/ops/select.ts";
import { sub, subOp } from "../graph/ops/sub.ts";
import { isOp, type OpDefinition, type Value } from "../graph/value.ts";
import { constantValue } from "./fold-constants.ts";

type Rule = (operands: readonly Value[]) => Value | null;

/** A simpler value that computes the same, or null. */
export function simplifyArithmetic(value: Value): Value | null {
  return RULES.get(value.op)?.(value.inputs) ?? null;
}

const RULES: ReadonlyMap<OpDefinition, Rule> = new Map<OpDefinition, Rule>([
  [addOp, ([x, y]) => simplifyAdd(x!, y!) ?? simplifyAdd(y!, x!)],
  [subOp, ([x, y]) => simplifySub(x!, y!)],
  [mulOp, ([x, y]) => simplifyMul(x!, y!) ?? simplifyMul(y!, x!)],
  [divOp, ([x, y]) => simplifyDiv(x!, y!)],
  [negOp, ([x]) => simplifyNeg(x!)],
  [notOp, ([x]) => (isOp(x!, notOp) ? x!.inputs[0]! : null)],
  [selectOp, ([condition, a, b]) => simplifySelect(condition!, a!, b!)],
]);

function simplifyAdd(x: Value, y: Value): Value | null {
  if (constantValue(y) === 0) return x;
  return isOp(y, negOp) ? sub(x, y.inputs[0]!) : null;
}

function simplifySub(x: Value, y: Value): Value | null {
  if (constantValue(y) === 0) return x;
  if (constantValue(x) === 0 && x.dtype === "f32") return neg(y);
  return isOp(y, negOp) ? add(x, y.inputs[0]!) : null;
}

function simplifyMul(x: Value, y: Value): Value | null {
  const factor = constantValue(y);
  if (factor === 1) return x;
  return factor === -1 && x.dtype === "f32" ? neg(x) : null;
}

function simplifyDiv(x: Value, y: Value): Value | null {
  const divisor = constantValue(y);
  if (divisor === null) return null;
  if (divisor === 1) return x;
  return hasExactReciprocal(divisor) ? mul(x, 1 / divisor) : null;
}

/** Is it a power of two, so that dividing by it only changes the exponent? */
function hasExactReciprocal(divisor: number): boolean {
  const exponent = Math.log2(Math.abs(divisor));
  return Number.isInteger(exponent) && Math.abs(exponent) <= 126;
}

function simplifyNeg(x: Value): Value | null {
  if (isOp(x, negOp)) return x.inputs[0]!;
  return isOp(x, subOp) ? sub(x.inputs[1]!, x.inputs[0]!) : null;
}

function simplifySelect(condition: Value, a: Value, b: Value): Value | null {
  if (a === b) return a;
  const known = constantValue(condition);
  if (known !== null) return known === 0 ? b : a;
  return isOp(condition, notOp) ? select(condition.inputs[0]!, b, a) : null;
}

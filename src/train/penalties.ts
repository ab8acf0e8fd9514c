/** Terms added to the loss for the size of the parameters. */
import { abs } from "../graph/ops/abs.ts";
import { add } from "../graph/ops/add.ts";
import { mul } from "../graph/ops/mul.ts";
import { square } from "../graph/ops/square.ts";
import { sum } from "../graph/ops/sum.ts";
import type { Value } from "../graph/value.ts";
import { weightsOnly, type ParameterInfo, type ParameterRule } from "./parameter-rule.ts";
import { checkNotNegative } from "./schedule.ts";

/** A term of the training loss: a plain object, so that one of your own is one too. */
export interface Penalty {
  readonly label: string;
  readonly appliesTo: ParameterRule;
  /** What one parameter adds to the loss, a scalar. */
  term(parameter: Value): Value;
}

export interface PenaltyOptions {
  /** Which parameters; defaults to *`weightsOnly`*. */
  readonly only?: ParameterRule;
}

/**
 * strength · Σ |w|. Gradient: strength · sign(w), 0 at 0.
 *
 * Errors: OptionError unless strength is finite and not negative.
 */
export function l1(strength: number, { only = weightsOnly }: PenaltyOptions = {}): Penalty {
  checkNotNegative(strength, "l1: strength");
  return Object.freeze({
    label: `l1(${strength})`,
    appliesTo: only,
    term: (parameter) => mul(sum(abs(parameter)), strength),
  } satisfies Penalty);
}

/**
 * strength · Σ w², as Keras has it: with plain SGD the same as weightDecay = 2 · strength.
 *
 * Errors: OptionError unless strength is finite and not negative.
 */
export function l2(strength: number, { only = weightsOnly }: PenaltyOptions = {}): Penalty {
  checkNotNegative(strength, "l2: strength");
  return Object.freeze({
    label: `l2(${strength})`,
    appliesTo: only,
    term: (parameter) => mul(sum(square(parameter)), strength),
  } satisfies Penalty);
}

/** The sum of all penalties' terms; null if none applies to any parameter. */
export function totalPenalty(
  penalties: readonly Penalty[],
  parameters: readonly (Pick<ParameterInfo, "path"> & { readonly value: Value })[],
): Value | null {
  const terms = penalties.flatMap((penalty) =>
    parameters
      .filter(({ path, value: { shape } }) => penalty.appliesTo({ path, shape }))
      .map(({ value }) => penalty.term(value)),
  );
  return terms.length === 0 ? null : terms.reduce((left, right) => add(left, right));
}

import { add } from "../graph/ops/add.ts";
import { mul } from "../graph/ops/mul.ts";
import type { Value } from "../graph/value.ts";
import type { UpdateContext } from "./optimizer.ts";
import { everyParameter, type ParameterRule } from "./parameter-rule.ts";
import { checkNotNegative } from "./schedule.ts";

export interface WeightDecayOptions {
  /** How strongly parameters are drawn to zero; defaults to *0*, `adamW`'s to *0.01*. */
  readonly weightDecay?: number;
  /** Which parameters decay, such as `weightsOnly`; defaults to *every one*, as in PyTorch. */
  readonly decayRule?: ParameterRule;
}

/** Weight decay of one optimizer, checked. */
export interface WeightDecay {
  /** The gradient, with weightDecay · parameter added where the rule says so. */
  coupled(context: UpdateContext): Value;
  actsOn(context: UpdateContext): boolean;
  /** For `Optimizer.decays`; empty without weight decay. */
  readonly declared: { readonly decays?: ParameterRule };
}

/** Errors: OptionError unless weightDecay is finite and not negative. */
export function weightDecayOf(
  { weightDecay = 0, decayRule = everyParameter }: WeightDecayOptions,
  who: string,
): WeightDecay {
  checkNotNegative(weightDecay, `${who}: weightDecay`);
  const actsOn = ({ path, parameter }: UpdateContext): boolean =>
    weightDecay !== 0 && decayRule({ path, shape: parameter.shape });
  return {
    actsOn,
    coupled: (context) =>
      actsOn(context)
        ? add(context.gradient, mul(context.parameter, weightDecay))
        : context.gradient,
    declared: weightDecay === 0 ? {} : { decays: decayRule },
  };
}

/** What the experiment and its page share. */
import { baseRates, type Activation, type Normalization } from "evenkeel/studies";

export const rateArms: readonly Normalization[] = ["plain", "bn"];

/** The paper's factors; 1 is the rate that is best without normalization. */
export const factors: readonly number[] = [1, 5, 30];

/** Free of the noise of binary products. */
export function rateAt(activation: Activation, factor: number): number {
  return Number((baseRates[activation] * factor).toPrecision(12));
}

import type { Arm } from "../../experiments/index.ts";
import { activations, normalizations, type Activation, type Normalization } from "./model.ts";

/** What the base rate is multiplied with. The paper has 1, 5 and 30; 0.2 shows the other side. */
const factors = { fifth: 0.2, x1: 1, x5: 5, x30: 30 } as const;
export type Factor = keyof typeof factors;
export const factorNames: readonly Factor[] = ["fifth", "x1", "x5", "x30"];

export type RateArm = `${Activation}-${Normalization}-${Factor}`;

/** The best rates of the nets without normalization: see fixtures/batchnorm-learning-rate.ts. */
export const baseRates: Readonly<Record<Activation, number>> = { sigmoid: 2, relu: 0.1 };

export interface RateSetting {
  readonly activation: Activation;
  readonly normalization: Normalization;
  readonly factor: Factor;
}

const SHORT = { fifth: "×1/5", x1: "×1", x5: "×5", x30: "×30" } as const;
const ACTIVATION = { sigmoid: "sigmoid", relu: "ReLU" } as const;
const WITH = { plain: "without BN", bn: "with BN" } as const;

/** `sigmoid, with BN`. */
export function netTitle(activation: Activation, normalization: Normalization): string {
  return `${ACTIVATION[activation]}, ${WITH[normalization]}`;
}

export function armId({ activation, normalization, factor }: RateSetting): RateArm {
  return `${activation}-${normalization}-${factor}`;
}

/** What each arm is, net by net; the four rates of a net follow each other. */
export const settings: readonly RateSetting[] = activations.flatMap((activation) =>
  normalizations.flatMap((normalization) =>
    factorNames.map((factor) => ({ activation, normalization, factor })),
  ),
);

export function settingOf(arm: RateArm): RateSetting {
  return settings.find((setting) => armId(setting) === arm)!;
}

/** Free of the noise of binary products: 0.2 × 0.1 is 0.02. */
export function rateOf({ activation, factor }: Omit<RateSetting, "normalization">): number {
  return Number((baseRates[activation] * factors[factor]).toPrecision(12));
}

export const rateArms: readonly Arm<RateArm>[] = settings.map((setting) => {
  const { activation, normalization, factor } = setting;
  return {
    id: armId(setting),
    label: `${netTitle(activation, normalization)}, rate ${SHORT[factor]}`,
    short: SHORT[factor],
    description: `Three hidden layers of 100 ${ACTIVATION[activation]} units ${normalization === "bn" ? "with" : "without"} batch normalization before each; learning rate ${rateOf(setting)}.`,
  };
});

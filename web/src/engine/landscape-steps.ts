/** The step sizes of the landscape, as multiples of the learning rate. */
export const landscapeFactors: readonly number[] = [0.5, 1, 2, 4];

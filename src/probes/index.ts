/** What is measured while a model trains; each value with its unit. */
export {
  type ActivationPercentilesOptions,
  activationPercentiles,
} from "./activation-percentiles.ts";
export type { BatchOptions } from "./batches.ts";
export { type CovariateShiftOptions, covariateShift } from "./covariate-shift.ts";
export { NOT_FINITE } from "./finite.ts";
export type { LayerInputOptions } from "./layer-input.ts";
export { type LossLandscapeOptions, lossLandscape } from "./loss-landscape.ts";
export { type NormalizationErrorOptions, normalizationError } from "./normalization-error.ts";
export { percentile } from "./percentile.ts";
export type { Probe, ProbeSite, ProbeValues } from "./probe.ts";
export type { SurfaceOptions } from "./surface.ts";

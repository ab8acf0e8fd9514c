/** What is measured while a model trains; each value with its unit. */
export { type ActivationHistogramOptions, activationHistogram } from "./activation-histogram.ts";
export {
  type ActivationPercentilesOptions,
  activationPercentiles,
} from "./activation-percentiles.ts";
export { type ActivationStatisticsOptions, activationStatistics } from "./activation-statistics.ts";
export type { BatchOptions } from "./batches.ts";
export { type CovariateShiftOptions, covariateShift } from "./covariate-shift.ts";
export {
  type DistributionDrift,
  type MomentSeries,
  distributionDrift,
} from "./distribution-drift.ts";
export { NOT_FINITE } from "./finite.ts";
export { type GradientNormsOptions, gradientNorms } from "./gradient-norms.ts";
export { type HessianSpectrumOptions, hessianSpectrum } from "./hessian-spectrum.ts";
export { type ParameterVector, hessianVectorProduct } from "./hessian-vector-product.ts";
export type { LayerInputOptions, LayerSide } from "./layer-input.ts";
export { type LossLandscapeOptions, lossLandscape } from "./loss-landscape.ts";
export { type NormalizationErrorOptions, normalizationError } from "./normalization-error.ts";
export { percentile } from "./percentile.ts";
export type { Probe, ProbeSite, ProbeValues } from "./probe.ts";
export { type ProbeSiteOptions, probeSite } from "./probe-site.ts";
export type { Saturation, SaturationRange } from "./saturation.ts";
export type { SurfaceOptions } from "./surface.ts";
export type { TallyOptions } from "./unit-tallies.ts";
export { type UnitMomentsOptions, unitMoments } from "./unit-moments.ts";

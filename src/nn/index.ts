/** Layers, initializers, losses and weight files. */
export { type RandomKey, streamKey } from "../base/random.ts";
export type { AffineOptions } from "./affine.ts";
export { type AlphaDropout, alphaDropout, featureAlphaDropout } from "./alpha-dropout.ts";
export { type BatchNorm, type BatchNormOptions, batchNorm } from "./batch-norm.ts";
export { type BatchRenorm, type BatchRenormOptions, batchRenorm } from "./batch-renorm.ts";
export { type Conv2d, type Conv2dOptions, type Padding2d, type Size2d, conv2d } from "./conv2d.ts";
export { type CrossEntropyOptions, crossEntropy } from "./cross-entropy.ts";
export { type DropBlock, type DropBlockOptions, dropBlock } from "./drop-block.ts";
export { type DropConnect, type DropConnectOptions, dropConnect } from "./drop-connect.ts";
export { type Dropout, type DropoutOptions, dropout } from "./dropout.ts";
export { type EluOptions, elu } from "./elu.ts";
export { type Embedding, type EmbeddingOptions, embedding } from "./embedding.ts";
export { flatten } from "./flatten.ts";
export { type Folded, foldNormalization } from "./fold-normalization.ts";
export { gaussianDropout } from "./gaussian-dropout.ts";
export { type GeluOptions, gelu } from "./gelu.ts";
export {
  type GhostBatchNorm,
  type GhostBatchNormOptions,
  ghostBatchNorm,
} from "./ghost-batch-norm.ts";
export { type GroupNorm, type GroupNormOptions, groupNorm } from "./group-norm.ts";
export {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  uniform,
  zeros,
} from "./initializers.ts";
export { type InstanceNorm, type InstanceNormOptions, instanceNorm } from "./instance-norm.ts";
export type { KeepOptions } from "./keep.ts";
export {
  type LayerNorm,
  type LayerNormOptions,
  type RmsNormOptions,
  layerNorm,
  rmsNorm,
} from "./layer-norm.ts";
export { type LeakyReluOptions, leakyRelu } from "./leaky-relu.ts";
export { type Linear, type LinearOptions, linear } from "./linear.ts";
export { type LocalResponseNormOptions, localResponseNorm } from "./local-response-norm.ts";
export type { Loss, LossTerms } from "./loss.ts";
export { type LpBatchNorm, type LpBatchNormOptions, lpBatchNorm } from "./lp-batch-norm.ts";
export {
  type MeanOnlyBatchNorm,
  type MeanOnlyBatchNormOptions,
  meanOnlyBatchNorm,
} from "./mean-only-batch-norm.ts";
export { meanSquaredError } from "./mean-squared-error.ts";
export { type MemberTree, memberTree } from "./member-tree.ts";
export {
  type Initializer,
  type Member,
  type Module,
  type NamedMember,
  type ChannelAffine,
  type Parameter,
  type Pass,
  type Phase,
  type Statistic,
  type WeightedModule,
  defineModule,
  parameter,
  statistic,
} from "./module.ts";
export { type NoisyBatchNormOptions, noisyBatchNorm } from "./noisy-batch-norm.ts";
export { type Parallel, parallel } from "./parallel.ts";
export { type Pool2dOptions, avgPool2d, globalAvgPool2d, maxPool2d } from "./pool2d.ts";
export { relu } from "./relu.ts";
export { type Residual, type ResidualOptions, residual } from "./residual.ts";
export { type WeightFile, readSafetensors, writeSafetensors } from "./safetensors.ts";
export { selu } from "./selu.ts";
export { type Sequential, sequential } from "./sequential.ts";
export { sigmoid } from "./sigmoid.ts";
export { silu } from "./silu.ts";
export { softmax } from "./softmax.ts";
export { type SoftplusOptions, softplus } from "./softplus.ts";
export { spatialDropout } from "./spatial-dropout.ts";
export { type SpectralNorm, type SpectralNormOptions, spectralNorm } from "./spectral-norm.ts";
export {
  type StochasticDepth,
  type StochasticDepthOptions,
  stochasticDepth,
} from "./stochastic-depth.ts";
export { tanh } from "./tanh.ts";
export { type TorchOptions, fromTorch, toTorch } from "./torch-weights.ts";
export {
  type Observation,
  type RandomStream,
  type StatisticUpdate,
  type Trace,
  type TraceOptions,
  trace,
} from "./trace.ts";
export { type UnitNoiseOptions, unitNoise } from "./unit-noise.ts";
export { type WeightNorm, isWeightNorm, weightNorm } from "./weight-norm.ts";
export {
  type WeightStandardization,
  type WeightStandardizationOptions,
  weightStandardization,
} from "./weight-standardization.ts";
export { type Tensor, type Weights, checkWeights, initialize } from "./weights.ts";

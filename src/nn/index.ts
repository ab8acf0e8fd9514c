/** Layers, initializers, losses and weight files. */
export { type BatchNorm, type BatchNormOptions, batchNorm } from "./batch-norm.ts";
export { type Conv2d, type Conv2dOptions, type Padding2d, type Size2d, conv2d } from "./conv2d.ts";
export { crossEntropy } from "./cross-entropy.ts";
export { type Dropout, type DropoutOptions, dropout } from "./dropout.ts";
export { flatten } from "./flatten.ts";
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
export { type Linear, type LinearOptions, linear } from "./linear.ts";
export type { Loss } from "./loss.ts";
export { meanSquaredError } from "./mean-squared-error.ts";
export { type MemberTree, memberTree } from "./member-tree.ts";
export {
  type Initializer,
  type Member,
  type Module,
  type NamedMember,
  type Parameter,
  type Pass,
  type Phase,
  type Statistic,
  defineModule,
  parameter,
  statistic,
} from "./module.ts";
export { type Pool2dOptions, avgPool2d, globalAvgPool2d, maxPool2d } from "./pool2d.ts";
export { relu } from "./relu.ts";
export { type WeightFile, readSafetensors, writeSafetensors } from "./safetensors.ts";
export { type Sequential, sequential } from "./sequential.ts";
export { sigmoid } from "./sigmoid.ts";
export { tanh } from "./tanh.ts";
export {
  type Observation,
  type RandomStream,
  type StatisticUpdate,
  type Trace,
  type TraceOptions,
  trace,
} from "./trace.ts";
export { type Tensor, type Weights, checkWeights, initialize } from "./weights.ts";

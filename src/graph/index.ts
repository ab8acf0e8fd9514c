/** The door of the room: what a layer, a loss or an optimizer is written with. */
export { abs } from "./ops/abs.ts";
export { add } from "./ops/add.ts";
export { and } from "./ops/and.ts";
export { argmax } from "./ops/argmax.ts";
export { bernoulli } from "./ops/bernoulli.ts";
export { broadcastTo } from "./ops/broadcast.ts";
export { cast } from "./ops/cast.ts";
export { concat } from "./ops/concat.ts";
export { constant } from "./ops/constant.ts";
export { contract } from "./ops/contract.ts";
export { conv2d, type Conv2dOptions } from "./ops/conv2d.ts";
export { correctCount } from "./ops/correct-count.ts";
export { crossEntropy } from "./ops/cross-entropy.ts";
export type { Operand } from "./ops/define-pointwise.ts";
export { derivatives } from "./ops/derivative.ts";
export { div } from "./ops/div.ts";
export { elu } from "./ops/elu.ts";
export { equal } from "./ops/equal.ts";
export { erf } from "./ops/erf.ts";
export { exp } from "./ops/exp.ts";
export { expm1 } from "./ops/expm1.ts";
export { flip } from "./ops/flip.ts";
export { floor } from "./ops/floor.ts";
export { gather } from "./ops/gather.ts";
export { gelu } from "./ops/gelu.ts";
export { input } from "./ops/input.ts";
export { iota } from "./ops/iota.ts";
export { leakyRelu } from "./ops/leaky-relu.ts";
export { greater, less } from "./ops/less.ts";
export { greaterEqual, lessEqual } from "./ops/less-equal.ts";
export { log } from "./ops/log.ts";
export { logSoftmax } from "./ops/log-softmax.ts";
export { log1p } from "./ops/log1p.ts";
export { matmul, type MatmulAttrs } from "./ops/matmul.ts";
export { max } from "./ops/max.ts";
export { maxPool2d, type Pool2dAttrs } from "./ops/max-pool2d.ts";
export { maximum } from "./ops/maximum.ts";
export { mean } from "./ops/mean.ts";
export { meanSquaredError } from "./ops/mean-squared-error.ts";
export { minimum } from "./ops/minimum.ts";
export { mul } from "./ops/mul.ts";
export { neg } from "./ops/neg.ts";
export { normal } from "./ops/normal.ts";
export { not } from "./ops/not.ts";
export { oneHot } from "./ops/one-hot.ts";
export { or } from "./ops/or.ts";
export { pad, type PadOptions } from "./ops/pad.ts";
export { power } from "./ops/power.ts";
export { powerMean } from "./ops/power-mean.ts";
export { randomBits } from "./ops/random-bits.ts";
export type { ReduceOptions } from "./ops/reduction.ts";
export { relu } from "./ops/relu.ts";
export { reshape } from "./ops/reshape.ts";
export { rsqrt } from "./ops/rsqrt.ts";
export { select } from "./ops/select.ts";
export { shiftRight } from "./ops/shift-right.ts";
export { sigmoid } from "./ops/sigmoid.ts";
export { silu } from "./ops/silu.ts";
export { slice } from "./ops/slice.ts";
export { softmax } from "./ops/softmax.ts";
export { softplus } from "./ops/softplus.ts";
export { sqrt } from "./ops/sqrt.ts";
export { square } from "./ops/square.ts";
export { standardize, type StandardizeOptions } from "./ops/standardize.ts";
export { state } from "./ops/state.ts";
export { stopGradient } from "./ops/stop-gradient.ts";
export { sub } from "./ops/sub.ts";
export { sum } from "./ops/sum.ts";
export { tanh } from "./ops/tanh.ts";
export { transpose } from "./ops/transpose.ts";
export { uniform } from "./ops/uniform.ts";
export { variance } from "./ops/variance.ts";
export { windows, type Pair, type WindowsAttrs } from "./ops/windows.ts";
export { interpret, type Interpretation, type Memory } from "./interpret.ts";
export { printProgram } from "./print.ts";
export { verify, type VerifyOptions } from "./verify.ts";
export {
  apply,
  type NdArray,
  type OpDefinition,
  type Program,
  type Slot,
  type Value,
} from "./value.ts";
export type { DType, Shape, TensorType } from "./value.ts";

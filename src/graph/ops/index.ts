/** Every op there is. An op missing here is found by the op table's completeness test. */
import type { OpDefinition } from "../value.ts";
import { absOp } from "./abs.ts";
import { addOp } from "./add.ts";
import { andOp } from "./and.ts";
import { argmaxOp } from "./argmax.ts";
import { bernoulliOp } from "./bernoulli.ts";
import { broadcastOp, sumOp } from "./broadcast.ts";
import { castOp } from "./cast.ts";
import { concatOp } from "./concat.ts";
import { constantOp } from "./constant.ts";
import { contractOp } from "./contract.ts";
import { conv2dOp } from "./conv2d.ts";
import { correctCountOp } from "./correct-count.ts";
import { crossEntropyOp } from "./cross-entropy.ts";
import { derivativeOp } from "./derivative.ts";
import { divOp } from "./div.ts";
import { eluOp } from "./elu.ts";
import { equalOp } from "./equal.ts";
import { erfOp } from "./erf.ts";
import { expOp } from "./exp.ts";
import { expm1Op } from "./expm1.ts";
import { flipOp } from "./flip.ts";
import { floorOp } from "./floor.ts";
import { gatherOp } from "./gather.ts";
import { geluOp } from "./gelu.ts";
import { inputOp } from "./input.ts";
import { iotaOp } from "./iota.ts";
import { leakyReluOp } from "./leaky-relu.ts";
import { lessOp } from "./less.ts";
import { lessEqualOp } from "./less-equal.ts";
import { logOp } from "./log.ts";
import { logSoftmaxOp } from "./log-softmax.ts";
import { log1pOp } from "./log1p.ts";
import { matmulOp } from "./matmul.ts";
import { maxOp } from "./max.ts";
import { maxPool2dOp } from "./max-pool2d.ts";
import { maximumOp } from "./maximum.ts";
import { meanOp } from "./mean.ts";
import { meanSquaredErrorOp } from "./mean-squared-error.ts";
import { minimumOp } from "./minimum.ts";
import { mulOp } from "./mul.ts";
import { negOp } from "./neg.ts";
import { normalOp } from "./normal.ts";
import { notOp } from "./not.ts";
import { oneHotOp } from "./one-hot.ts";
import { orOp } from "./or.ts";
import { powerOp } from "./power.ts";
import { powerMeanOp } from "./power-mean.ts";
import { randomBitsOp } from "./random-bits.ts";
import { reluOp } from "./relu.ts";
import { reshapeOp } from "./reshape.ts";
import { rsqrtOp } from "./rsqrt.ts";
import { selectOp } from "./select.ts";
import { shiftRightOp } from "./shift-right.ts";
import { sigmoidOp } from "./sigmoid.ts";
import { siluOp } from "./silu.ts";
import { padOp, sliceOp } from "./slice.ts";
import { softmaxOp } from "./softmax.ts";
import { softplusOp } from "./softplus.ts";
import { sqrtOp } from "./sqrt.ts";
import { squareOp } from "./square.ts";
import { standardizeOp } from "./standardize.ts";
import { stateOp } from "./state.ts";
import { stopGradientOp } from "./stop-gradient.ts";
import { subOp } from "./sub.ts";
import { tanhOp } from "./tanh.ts";
import { transposeOp } from "./transpose.ts";
import { uniformOp } from "./uniform.ts";
import { varianceOp } from "./variance.ts";
import { windowsOp } from "./windows.ts";

export const allOps: readonly OpDefinition[] = [
  absOp,
  addOp,
  andOp,
  argmaxOp,
  bernoulliOp,
  broadcastOp,
  castOp,
  concatOp,
  constantOp,
  contractOp,
  conv2dOp,
  correctCountOp,
  crossEntropyOp,
  derivativeOp,
  divOp,
  eluOp,
  equalOp,
  erfOp,
  expm1Op,
  expOp,
  flipOp,
  floorOp,
  gatherOp,
  geluOp,
  inputOp,
  iotaOp,
  leakyReluOp,
  lessEqualOp,
  lessOp,
  log1pOp,
  logOp,
  logSoftmaxOp,
  matmulOp,
  maximumOp,
  maxOp,
  maxPool2dOp,
  meanOp,
  meanSquaredErrorOp,
  minimumOp,
  mulOp,
  negOp,
  normalOp,
  notOp,
  oneHotOp,
  orOp,
  padOp,
  powerMeanOp,
  powerOp,
  randomBitsOp,
  reluOp,
  reshapeOp,
  rsqrtOp,
  selectOp,
  shiftRightOp,
  sigmoidOp,
  siluOp,
  sliceOp,
  softmaxOp,
  softplusOp,
  sqrtOp,
  squareOp,
  standardizeOp,
  stateOp,
  stopGradientOp,
  subOp,
  sumOp,
  tanhOp,
  transposeOp,
  uniformOp,
  varianceOp,
  windowsOp,
] as unknown as readonly OpDefinition[];

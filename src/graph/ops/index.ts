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
import { correctCountOp } from "./correct-count.ts";
import { crossEntropyOp } from "./cross-entropy.ts";
import { derivativeOp } from "./derivative.ts";
import { divOp } from "./div.ts";
import { equalOp } from "./equal.ts";
import { expOp } from "./exp.ts";
import { floorOp } from "./floor.ts";
import { gatherOp } from "./gather.ts";
import { inputOp } from "./input.ts";
import { iotaOp } from "./iota.ts";
import { lessEqualOp } from "./less-equal.ts";
import { lessOp } from "./less.ts";
import { logSoftmaxOp } from "./log-softmax.ts";
import { logOp } from "./log.ts";
import { matmulOp } from "./matmul.ts";
import { maxOp } from "./max.ts";
import { maximumOp } from "./maximum.ts";
import { meanSquaredErrorOp } from "./mean-squared-error.ts";
import { meanOp } from "./mean.ts";
import { minimumOp } from "./minimum.ts";
import { mulOp } from "./mul.ts";
import { negOp } from "./neg.ts";
import { normalOp } from "./normal.ts";
import { notOp } from "./not.ts";
import { oneHotOp } from "./one-hot.ts";
import { orOp } from "./or.ts";
import { randomBitsOp } from "./random-bits.ts";
import { reluOp } from "./relu.ts";
import { reshapeOp } from "./reshape.ts";
import { rsqrtOp } from "./rsqrt.ts";
import { selectOp } from "./select.ts";
import { shiftRightOp } from "./shift-right.ts";
import { sigmoidOp } from "./sigmoid.ts";
import { padOp, sliceOp } from "./slice.ts";
import { softmaxOp } from "./softmax.ts";
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
  correctCountOp,
  crossEntropyOp,
  derivativeOp,
  divOp,
  equalOp,
  expOp,
  floorOp,
  gatherOp,
  inputOp,
  iotaOp,
  lessEqualOp,
  lessOp,
  logOp,
  logSoftmaxOp,
  matmulOp,
  maxOp,
  maximumOp,
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
  randomBitsOp,
  reluOp,
  reshapeOp,
  rsqrtOp,
  selectOp,
  shiftRightOp,
  sigmoidOp,
  sliceOp,
  softmaxOp,
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
] as unknown as readonly OpDefinition[];

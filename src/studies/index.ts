/** The papers' claims as values. */
import { OptionError } from "../base/errors.ts";
import type { Study } from "../experiments/index.ts";
import batchnormCost from "./batchnorm-cost/batchnorm-cost.ts";
import batchnormInception from "./batchnorm-inception/batchnorm-inception.ts";
import batchnormLearningRate from "./batchnorm-learning-rate/batchnorm-learning-rate.ts";
import batchnormMnist from "./batchnorm-mnist/batchnorm-mnist.ts";
import batchnormTheorems from "./batchnorm-theorems/batchnorm-theorems.ts";
import covariateShift from "./covariate-shift/covariate-shift.ts";
import dropoutAveraging from "./dropout-averaging/dropout-averaging.ts";
import dropoutDataSize from "./dropout-data-size/dropout-data-size.ts";
import dropoutFeatures from "./dropout-features/dropout-features.ts";
import dropoutMnist from "./dropout-mnist/dropout-mnist.ts";
import dropoutRate from "./dropout-rate/dropout-rate.ts";
import dropoutRegression from "./dropout-regression/dropout-regression.ts";
import groupnormBatchSize from "./groupnorm-batch-size/groupnorm-batch-size.ts";
import lossLandscape from "./loss-landscape/loss-landscape.ts";
import lpBatchnorm from "./lp-batchnorm/lp-batchnorm.ts";
import noisyBatchnorm from "./noisy-batchnorm/noisy-batchnorm.ts";
import normalizers from "./normalizers/normalizers.ts";
import selfNormalizing from "./self-normalizing/self-normalizing.ts";
import vggBatchnorm from "./vgg-batchnorm/vgg-batchnorm.ts";

/** All studies, in the lecture's order. */
export const studies: readonly Study[] = Object.freeze([
  dropoutRegression,
  dropoutMnist,
  dropoutRate,
  dropoutDataSize,
  dropoutAveraging,
  dropoutFeatures,
  batchnormMnist,
  batchnormLearningRate,
  batchnormInception,
  batchnormCost,
  batchnormTheorems,
  vggBatchnorm,
  noisyBatchnorm,
  covariateShift,
  lossLandscape,
  lpBatchnorm,
  normalizers,
  groupnormBatchSize,
  selfNormalizing,
]);

/** The study of that id. Errors: OptionError listing the ids there are. */
export function findStudy(id: string): Study {
  const found = studies.find((study) => study.id === id);
  if (found !== undefined) return found;
  const known = studies.map((study) => study.id).join(", ");
  throw new OptionError(`findStudy: study must be one of ${known}, got "${id}"`);
}

export { defineStudy, type Study } from "../experiments/index.ts";
export {
  batchnormCost,
  batchnormInception,
  batchnormLearningRate,
  batchnormMnist,
  batchnormTheorems,
  covariateShift,
  dropoutAveraging,
  dropoutDataSize,
  dropoutFeatures,
  dropoutMnist,
  dropoutRate,
  dropoutRegression,
  groupnormBatchSize,
  lossLandscape,
  lpBatchnorm,
  noisyBatchnorm,
  normalizers,
  selfNormalizing,
  vggBatchnorm,
};

// What the lab's chapters share with them, so that a live number is a study's number.
export { baseRates } from "./batchnorm-learning-rate/arms.ts";
export {
  type Activation,
  type Normalization,
  rateNetwork,
} from "./batchnorm-learning-rate/model.ts";
export { percentileDrift } from "./batchnorm-mnist/measures.ts";
export { type BatchNormArm, lastSigmoid, mnistNetwork } from "./batchnorm-mnist/model.ts";

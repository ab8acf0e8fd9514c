/** Networks that are exported in tests: every layer, by itself or in company. */
import type { Shape } from "../src/base/shape.ts";
import { mul, reshape } from "../src/graph/index.ts";
import {
  alphaDropout,
  avgPool2d,
  batchNorm,
  batchRenorm,
  conv2d,
  defineModule,
  dropBlock,
  dropConnect,
  dropout,
  elu,
  embedding,
  featureAlphaDropout,
  flatten,
  gaussianDropout,
  gelu,
  ghostBatchNorm,
  globalAvgPool2d,
  groupNorm,
  instanceNorm,
  layerNorm,
  leakyRelu,
  linear,
  localResponseNorm,
  lpBatchNorm,
  maxPool2d,
  meanOnlyBatchNorm,
  noisyBatchNorm,
  parallel,
  relu,
  residual,
  rmsNorm,
  selu,
  sequential,
  sigmoid,
  silu,
  softmax,
  softplus,
  spatialDropout,
  spectralNorm,
  stochasticDepth,
  tanh,
  unitNoise,
  weightNorm,
  weightStandardization,
  type Module,
} from "../src/nn/index.ts";

export interface ExportedModel {
  readonly model: Module;
  /** Defaults to an image, [7, 6, 4]. */
  readonly inputShape?: Shape;
  /** Ids below this are fed instead of numbers. */
  readonly ids?: number;
}

const flat: Shape = [6];
const onFlat = (...layers: Module[]): ExportedModel => ({
  model: sequential(...layers),
  inputShape: flat,
});
const onImage = (...layers: Module[]): ExportedModel => ({ model: sequential(...layers) });

/** A feature map goes in, channels are weighed by what they are on the average: squeeze, excite. */
function squeezeExcite(channels: number): Module {
  const gates = sequential(globalAvgPool2d(), linear(channels, channels), sigmoid());
  return defineModule("squeezeExcite", { gates }, (x, pass) => {
    const gate = pass.apply(gates, x);
    const [batch = 0, width = 0] = gate.shape;
    return mul(x, reshape(gate, [batch, 1, 1, width]));
  });
}

export const models: Readonly<Record<string, ExportedModel>> = {
  linear: onFlat(linear(6, 3)),
  "linear without bias": onFlat(linear(6, 3, { bias: false })),
  "linear on positions": onImage(linear(4, 3)),
  embedding: { model: embedding(9, 4), inputShape: [3], ids: 12 },
  "embedding and a network": {
    model: sequential(embedding(9, 4, { padding: 0 }), flatten(), linear(12, 2)),
    inputShape: [3],
    ids: 9,
  },
  conv2d: onImage(conv2d(4, 3, 3)),
  "conv2d: strides, padding, dilation": onImage(
    conv2d(4, 3, [3, 2], { stride: [2, 1], padding: [1, 2], dilation: [1, 2], bias: false }),
  ),
  "conv2d: same": onImage(conv2d(4, 3, [4, 2], { stride: 2, padding: "same" })),
  "conv2d: groups": onImage(conv2d(4, 6, 3, { groups: 2, padding: 1 })),
  "conv2d: depthwise": onImage(conv2d(4, 4, 3, { groups: 4, padding: "same", stride: 2 })),
  "conv2d: depthwise, more out": onImage(conv2d(4, 8, 3, { groups: 4 })),
  maxPool2d: onImage(maxPool2d([3, 2], { stride: [2, 1], padding: [1, 0] })),
  "maxPool2d: same": onImage(maxPool2d(3, { stride: 2, padding: "same" })),
  avgPool2d: onImage(avgPool2d([3, 2], { stride: [2, 1], padding: [1, 1] })),
  "avgPool2d: same": onImage(avgPool2d(2, { stride: 3, padding: "same" })),
  globalAvgPool2d: onImage(globalAvgPool2d(), linear(4, 2)),
  flatten: onImage(conv2d(4, 2, 2), flatten(), linear(60, 3)),
  batchNorm: onFlat(linear(6, 5), batchNorm(5)),
  "batchNorm alone": onImage(batchNorm(4)),
  "batchNorm after conv2d": onImage(conv2d(4, 3, 2), batchNorm(3), relu()),
  "batchNorm of the batch": { model: batchNorm(6, { statistics: "batch" }), inputShape: flat },
  lpBatchNorm: onFlat(lpBatchNorm(6, { order: 1 })),
  ghostBatchNorm: onImage(ghostBatchNorm(4, { ghostSize: 2 })),
  batchRenorm: onImage(batchRenorm(4, { ratioLimit: 2, shiftLimit: 1 })),
  noisyBatchNorm: onImage(noisyBatchNorm(4)),
  meanOnlyBatchNorm: onImage(conv2d(4, 3, 2), meanOnlyBatchNorm(3)),
  layerNorm: onFlat(layerNorm(6)),
  "layerNorm of an image": onImage(layerNorm([7, 6, 4])),
  "layerNorm of channels": onImage(conv2d(4, 5, 3), layerNorm(5)),
  rmsNorm: onImage(rmsNorm(4)),
  groupNorm: onImage(conv2d(4, 6, 3), groupNorm(3, 6)),
  instanceNorm: onImage(conv2d(4, 6, 3), instanceNorm(6)),
  "instanceNorm by stored statistics": onImage(instanceNorm(4, { statistics: "running" })),
  localResponseNorm: onImage(conv2d(4, 6, 3), localResponseNorm({ size: 3, alpha: 0.5 })),
  weightNorm: onImage(weightNorm(conv2d(4, 3, 2))),
  spectralNorm: onFlat(spectralNorm(linear(6, 3))),
  weightStandardization: onImage(weightStandardization(conv2d(4, 3, 2))),
  dropConnect: onFlat(dropConnect(linear(6, 3), { keep: 0.5 })),
  "dropout and its family": onImage(
    dropout({ rate: 0.5 }),
    dropout({ rate: 0.5, testTime: "scale-weights" }),
    spatialDropout({ rate: 0.2 }),
    gaussianDropout({ rate: 0.2 }),
    alphaDropout({ rate: 0.1 }),
    featureAlphaDropout({ rate: 0.1 }),
    dropBlock({ rate: 0.1, blockSize: 2 }),
    unitNoise(),
  ),
  stochasticDepth: onImage(
    stochasticDepth(conv2d(4, 4, 3, { padding: 1 }), { keep: 0.5, testTime: "scale-weights" }),
  ),
  relu: onImage(relu()),
  leakyRelu: onFlat(leakyRelu({ slope: 0.2 })),
  elu: onFlat(elu({ alpha: 0.5 })),
  selu: onImage(conv2d(4, 2, 2), selu()),
  gelu: onFlat(gelu()),
  "gelu by tanh": onFlat(gelu({ form: "tanh" })),
  silu: onImage(conv2d(4, 2, 2), silu()),
  softplus: onFlat(softplus()),
  "softplus, steeper": onFlat(softplus({ beta: 3 })),
  sigmoid: onFlat(sigmoid()),
  tanh: onFlat(tanh()),
  softmax: onFlat(softmax()),
  "softmax of channels": onImage(conv2d(4, 5, 3), softmax()),
  residual: onImage(
    conv2d(4, 3, 3),
    residual(sequential(conv2d(3, 3, 3, { padding: 1 }), batchNorm(3), relu())),
    residual(conv2d(3, 5, 3, { padding: 1 }), { shortcut: conv2d(3, 5, 1) }),
    relu(),
  ),
  parallel: onImage(
    parallel(
      [
        conv2d(4, 3, 1),
        sequential(conv2d(4, 2, 1), conv2d(2, 4, 3, { padding: 1 })),
        sequential(maxPool2d(3, { stride: 1, padding: 1 }), conv2d(4, 2, 1)),
      ],
      "concat",
    ),
    batchNorm(9),
    relu(),
    globalAvgPool2d(),
  ),
  "parallel sums": onFlat(parallel([linear(6, 3), linear(6, 3)], "add"), tanh()),
  "a gate on channels": onImage(conv2d(4, 3, 3), squeezeExcite(3), relu()),
};

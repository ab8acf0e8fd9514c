import {
  avgPool2d,
  batchNorm,
  conv2d,
  dropout,
  globalAvgPool2d,
  heNormal,
  lecunNormal,
  linear,
  maxPool2d,
  parallel,
  relu,
  sequential,
  sigmoid,
  zeros,
  type Module,
} from "../../nn/index.ts";

export interface InceptionOptions {
  readonly normalized: boolean;
  readonly activation: "relu" | "sigmoid";
  readonly dropout: boolean;
  /** Channels of the first convolution and of each branch. */
  readonly width: number;
}

const COLOURS = 3;
const CLASSES = 10;
const BRANCHES = 4;
/** Share of the last layer's inputs that the paper's Inception drops. */
const DROP_RATE = 0.4;
const firstWeights = { relu: heNormal, sigmoid: lecunNormal } as const;

/**
 * A small Inception for 32 × 32 images: a convolution of stride 2 and a pool, two modules of four
 * parallel branches, a pool, a third module, the mean over all places and a dense layer. With
 * normalization, every convolution is followed by it, before its activation.
 *
 * Source: Szegedy et al. 2015, arXiv:1409.4842, figure 2b, with two 3 × 3 convolutions in place of
 *         one of 5 × 5 as Ioffe & Szegedy 2015, arXiv:1502.03167, appendix, have them.
 */
export function inceptionNet({ normalized, activation, width, ...rest }: InceptionOptions): Module {
  const weight = firstWeights[activation];
  const act = activation === "relu" ? relu : sigmoid;
  const convolution = (from: number, to: number, size: number, stride = 1): Module[] => [
    conv2d(from, to, size, { stride, padding: "same", weight, bias: normalized ? false : zeros }),
    ...(normalized ? [batchNorm(to)] : []),
    act(),
  ];
  const half = width / 2;
  const inception = (from: number): Module =>
    parallel(
      [
        sequential(...convolution(from, width, 1)),
        sequential(...convolution(from, half, 1), ...convolution(half, width, 3)),
        sequential(
          ...convolution(from, half, 1),
          ...convolution(half, width, 3),
          ...convolution(width, width, 3),
        ),
        sequential(avgPool2d(3, { stride: 1, padding: "same" }), ...convolution(from, width, 1)),
      ],
      "concat",
    );
  const joined = BRANCHES * width;
  return sequential(
    ...convolution(COLOURS, width, 3, 2),
    maxPool2d(2),
    inception(width),
    inception(joined),
    maxPool2d(2),
    inception(joined),
    globalAvgPool2d(),
    ...(rest.dropout ? [dropout({ rate: DROP_RATE })] : []),
    linear(joined, CLASSES, { weight: heNormal, bias: zeros }),
  );
}

/** The first activation, and the parameters that say how its input is normalized. */
export const firstActivation = {
  plain: { layer: "1" },
  normalized: { layer: "2", target: { scale: "1.scale", shift: "1.shift" } },
} as const;

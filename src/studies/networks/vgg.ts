import { div, sub } from "../../graph/index.ts";
import {
  avgPool2d,
  conv2d,
  defineModule,
  flatten,
  heNormal,
  linear,
  maxPool2d,
  relu,
  sequential,
  zeros,
  type Module,
} from "../../nn/index.ts";
import { betweenModules, hasShift, type Between } from "./normalizers.ts";

/** Convolutions per stage, and their channels as multiples of the first stage's: VGG-16. */
const STAGES = [
  { layers: 2, times: 1 },
  { layers: 2, times: 2 },
  { layers: 3, times: 4 },
  { layers: 3, times: 8 },
  { layers: 3, times: 8 },
] as const;
const PIXELS = 32;
/** Mean and standard deviation of all pixels of CIFAR-10's training images, in [0, 1]. */
const PIXEL_MEAN = 0.4734;
const PIXEL_SD = 0.2516;
const COLOURS = 3;
const CLASSES = 10;

export interface VggOptions {
  /** Channels of the first stage; VGG-16 has 64. */
  readonly width: number;
  /** Side of the image that the first convolution sees: 32, or 16 after averaging 2 × 2 pixels. */
  readonly side: number;
  /** What stands between each convolution and its ReLU. */
  readonly between: Between;
}

/** Where the parts of one numbered layer are, by path. */
interface VggLayer {
  readonly convolution: string;
  /** Of the normalization or the noise, if there is one. */
  readonly between: string | null;
  /** Of the ReLU: what it receives is called the layer's activations. */
  readonly nonlinearity: string;
}

export interface Vgg {
  readonly model: Module;
  /** Layer k is at k − 1. */
  readonly layers: readonly VggLayer[];
}

/**
 * VGG-16's 13 convolutions and one dense layer, for CIFAR-10 in [0, 1], which it centres and scales
 * to unit variance before anything else. Stages whose image has one pixel are
 * not pooled further.
 *
 * Shape:  x [N, 32, 32, 3] → y [N, 10].
 * Source: Simonyan & Zisserman 2015, arXiv:1409.1556, configuration D, narrowed to `width`; first
 *         weights as in He et al. 2015, arXiv:1502.01852.
 */
export function vgg({ width, side, between }: VggOptions): Vgg {
  const centred = defineModule("centred", {}, (x) => div(sub(x, PIXEL_MEAN), PIXEL_SD));
  const modules: Module[] = side === PIXELS ? [centred] : [centred, avgPool2d(PIXELS / side)];
  const layers: VggLayer[] = [];
  const bias = hasShift(between) ? false : zeros;
  const put = (module: Module): string => String(modules.push(module) - 1);
  let channels = COLOURS;
  let size = side;
  for (const stage of STAGES) {
    for (let i = 0; i < stage.layers; i++) {
      const out = width * stage.times;
      const weights = { padding: 1, weight: heNormal, bias };
      layers.push({
        convolution: put(conv2d(channels, out, 3, weights)),
        between: betweenModules(between, out).map(put)[0] ?? null,
        nonlinearity: put(relu()),
      });
      channels = out;
    }
    if (size === 1) continue;
    put(maxPool2d(2));
    size /= 2;
  }
  put(flatten());
  put(linear(channels * size * size, CLASSES, { weight: heNormal, bias: zeros }));
  return Object.freeze({ model: sequential(...modules), layers: Object.freeze(layers) });
}

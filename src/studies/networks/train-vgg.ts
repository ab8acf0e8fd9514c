import { sizeNamed, type RunSetup, type Scale } from "../../experiments/index.ts";
import { crossEntropy } from "../../nn/index.ts";
import type { BatchOptions, Probe } from "../../probes/index.ts";
import { fit, sgd, type TrainEvent } from "../../train/index.ts";
import type { Between } from "./normalizers.ts";
import { trainingProgress } from "./training-progress.ts";
import { vgg, type Vgg } from "./vgg.ts";

/** Name of the probe that every such run has. */
export const TRAINING = "training";
/** Batches that it looks at each time. */
const TRAINING_BATCHES = 8;
/** Steps between the reports of a batch's loss. */
const REPORT_EVERY = 50;

export interface VggRun {
  readonly between: Between;
  readonly learningRate: number;
  /** What else to look at. */
  observe(net: Vgg): readonly Probe[];
}

/** Trains a VGG on CIFAR-10 by plain gradient descent, and watches its accuracy in training. */
export function trainVgg(setup: RunSetup, run: VggRun): AsyncIterable<TrainEvent> {
  const { seed, scale, data, backend, resume, saveCheckpoint, signal } = setup;
  const { between, learningRate, observe } = run;
  const net = vgg({ width: sizeNamed(scale, "width"), side: sizeNamed(scale, "side"), between });
  return fit(net.model, {
    data,
    loss: crossEntropy(),
    optimizer: sgd({ learningRate }),
    steps: scale.steps,
    batchSize: sizeNamed(scale, "batch"),
    seed,
    backend,
    reportEvery: REPORT_EVERY,
    evaluateEvery: scale.evaluateEvery,
    checkpointEvery: scale.checkpointEvery,
    onCheckpoint: saveCheckpoint,
    observe: [
      trainingProgress({
        ...nextBatches(setup, TRAINING_BATCHES),
        name: TRAINING,
        loss: crossEntropy(),
        noise: true,
        every: scale.observeEvery,
      }),
      ...observe(net),
    ],
    ...(resume && { resumeFrom: resume }),
    ...(signal && { signal }),
  });
}

/** The very batches that training takes next, normalized as in training. */
export function nextBatches(
  { data, scale, seed }: Pick<RunSetup, "data" | "scale" | "seed">,
  batches: number,
): BatchOptions & { readonly seed: number } {
  const batchSize = sizeNamed(scale, "batch");
  return { examples: data.train, count: batches * batchSize, batchSize, phase: "train", seed };
}

/** What all arms of a VGG study share; the learning rate is the study's to say. */
export const vggHeld: Readonly<Record<string, string>> = {
  Network:
    "VGG-16’s 13 convolutions (3 × 3, ReLU, max pooling) and one dense layer; channels per stage 1, 2, 4, 8, 8 times the width",
  "First weights":
    "Gaussian of variance 2 / fan-in (He), biases 0; bitwise the same in all arms of a seed",
  "Batch order": "bitwise the same in all arms of a seed, reshuffled each epoch",
  Optimizer: "plain stochastic gradient descent, constant learning rate, no weight decay",
  Loss: "cross-entropy, mean over the batch",
  Input:
    "CIFAR-10, 50,000 training and 10,000 test images, no augmentation; pixels less their mean, divided by their standard deviation (one of each for all)",
};

/** What differs from the paper in every VGG study. */
export const vggDiffers: readonly string[] = [
  "The paper does not state the depth of its VGG; its plots number layers up to 13. Ours are VGG-16’s 13 convolutions. The presets quick and standard narrow it to 8 and 16 channels in the first stage, average 2 × 2 pixels first, and run for fewer steps; quick also halves the batch. The preset paper has 64 channels, 32 × 32 pixels, batches of 128 and 15,000 steps.",
  "The paper uses Glorot’s first weights and does not say how pixels are scaled. Ours are He’s first weights and centred pixels: with Glorot’s, our narrow network without normalization was still at chance after 1,000 steps at learning rate 0.1, and with pixels in [0, 1] one of three seeds was after 800; with both changes all three learned. That was tried on the network without normalization alone, to give it its best.",
  "Accuracy in training is measured on the next 8 batches of training’s own order, before the network learns from them, normalized with their own statistics and with the noise of training where there is noise. Test accuracy is measured with running statistics and without noise.",
];

/** Scales of the VGG studies, from which they take what they need. */
export const vggSizes: Readonly<Record<"quick" | "standard" | "paper", Scale["sizes"] & object>> = {
  quick: { width: 8, side: 16, batch: 64 },
  standard: { width: 16, side: 16, batch: 128 },
  paper: { width: 64, side: 32, batch: 128 },
};

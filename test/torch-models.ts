/** Networks whose PyTorch state dicts, inputs and outputs are in fixtures/torch-state.json, in our words. */
import { readFileSync } from "node:fs";
import type { Shape } from "../src/base/shape.ts";
import {
  batchNorm,
  conv2d,
  defineModule,
  dropout,
  embedding,
  flatten,
  groupNorm,
  instanceNorm,
  layerNorm,
  linear,
  maxPool2d,
  readSafetensors,
  relu,
  sequential,
  silu,
  spectralNorm,
  tanh,
  weightNorm,
  type Module,
  type Weights,
} from "../src/nn/index.ts";

export interface TorchCase {
  readonly name: string;
  /** A safetensors file in base64. */
  readonly file: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly names: readonly string[];
}

const golden = JSON.parse(
  readFileSync(new URL("../fixtures/torch-state.json", import.meta.url), "utf8"),
) as { readonly cases: readonly TorchCase[] };

export const cases: readonly TorchCase[] = golden.cases;

function vgg(): Module {
  const features = sequential(
    conv2d(3, 4, 3, { padding: 1 }),
    batchNorm(4),
    relu(),
    maxPool2d(2),
    conv2d(4, 6, 3, { padding: 1, bias: false }),
    batchNorm(6),
    relu(),
  );
  const classifier = sequential(
    flatten(),
    batchNorm(36),
    relu(),
    dropout({ rate: 0.5 }),
    linear(36, 5),
    relu(),
    linear(5, 3),
  );
  return defineModule("vgg", { features, classifier }, (x, pass) =>
    pass.apply(classifier, pass.apply(features, x)),
  );
}

function ids(): Module {
  const held = { table: embedding(11, 4, { padding: 0 }), head: linear(12, 3) };
  return defineModule("ids", held, (x, pass) =>
    pass.apply(held.head, pass.apply(flatten(), pass.apply(held.table, x))),
  );
}

export const image: Shape = [6, 4, 3];
export const subjects: Readonly<
  Record<string, { readonly model: Module; readonly inputShape: Shape }>
> = {
  mlp: {
    model: sequential(linear(6, 5), batchNorm(5), tanh(), linear(5, 3)),
    inputShape: [6],
  },
  vgg: { model: vgg(), inputShape: image },
  "weight-norm": {
    model: sequential(weightNorm(conv2d(3, 4, 3)), relu(), flatten(), weightNorm(linear(32, 3))),
    inputShape: image,
  },
  "spectral-norm": {
    model: sequential(
      spectralNorm(conv2d(3, 4, 3)),
      relu(),
      flatten(),
      spectralNorm(linear(32, 3)),
    ),
    inputShape: image,
  },
  parametrized: {
    model: sequential(spectralNorm(conv2d(3, 4, 3)), tanh()),
    inputShape: image,
  },
  normalizers: {
    model: sequential(
      conv2d(3, 6, [3, 2], { groups: 3, stride: [2, 1] }),
      groupNorm(2, 6),
      relu(),
      conv2d(6, 4, 1),
      instanceNorm(4, { statistics: "running" }),
      silu(),
      instanceNorm(4),
      layerNorm([2, 3, 4]),
    ),
    inputShape: image,
  },
  ids: { model: ids(), inputShape: [3] },
  "layer-norm": {
    model: sequential(linear(6, 5), layerNorm(5), linear(5, 3)),
    inputShape: [6],
  },
};

export const stateOf = ({ file }: TorchCase): Weights =>
  readSafetensors(Buffer.from(file, "base64"), "file").weights;

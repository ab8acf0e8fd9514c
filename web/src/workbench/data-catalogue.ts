/** The data sets of the workbench, as its menu and its checks need to know them. */
import type { DataSpec, LayerSpec } from "../engine/index.ts";

export interface DataEntry {
  readonly name: DataSpec["name"];
  readonly title: string;
  readonly about: string;
  /** A new choice of it. */
  readonly initial: DataSpec;
  /** Does the page need a server that has its files? */
  readonly served: boolean;
  /** Of one picture; absent for data that is no pictures. */
  readonly image?: readonly [rows: number, columns: number, channels: number];
}

export const dataCatalogue: readonly DataEntry[] = [
  {
    name: "digits-sample",
    title: "Digits (a sample)",
    about: "400 + 100 handwritten digits of MNIST: comes with the page.",
    initial: { name: "digits-sample" },
    served: false,
    image: [28, 28, 1],
  },
  {
    name: "mnist",
    title: "MNIST",
    about: "60,000 + 10,000 handwritten digits, from this machine's cache.",
    initial: { name: "mnist", train: 10_000, test: 1000 },
    served: true,
    image: [28, 28, 1],
  },
  {
    name: "fashion-mnist",
    title: "Fashion-MNIST",
    about: "60,000 + 10,000 pictures of clothes, from this machine's cache.",
    initial: { name: "fashion-mnist", train: 10_000, test: 1000 },
    served: true,
    image: [28, 28, 1],
  },
  {
    name: "cifar10",
    title: "CIFAR-10",
    about: "50,000 + 10,000 colour photographs, from this machine's cache.",
    initial: { name: "cifar10", train: 5000, test: 1000 },
    served: true,
    image: [32, 32, 3],
  },
  {
    name: "two-moons",
    title: "Two moons",
    about: "Two half circles in the plane, with a map of what the network answers.",
    initial: { name: "two-moons", train: 200, test: 400, noise: 0.2 },
    served: false,
  },
  {
    name: "gaussian-blobs",
    title: "Gaussian blobs",
    about: "Normal blobs in the plane, one per class, with a map.",
    initial: { name: "gaussian-blobs", train: 300, test: 600, classes: 4, noise: 0.8 },
    served: false,
  },
  {
    name: "own",
    title: "Your own",
    about: "A CSV file or a folder of images. Nothing leaves this tab.",
    initial: { name: "own", label: "your file" },
    served: false,
  },
];

/** Layers that need to know which pixels are neighbours. */
const imageKinds = new Set([
  "conv2d",
  "maxPool2d",
  "avgPool2d",
  "globalAvgPool2d",
  "spatialDropout",
  "dropBlock",
]);

/** Data as the network meets it: the shape of one example, and what it has to answer. */
export interface DataShape {
  readonly inputShape: readonly number[];
  readonly outputs: number;
}

/** Null for data of one's own: that is known when it has been read. */
export function shapeOf(data: DataSpec, layers: readonly LayerSpec[]): DataShape | null {
  if (data.name === "own") return null;
  if (data.name === "two-moons") return { inputShape: [2], outputs: 2 };
  if (data.name === "gaussian-blobs") return { inputShape: [2], outputs: data.classes ?? 3 };
  const { image } = dataCatalogue.find(({ name }) => name === data.name)!;
  const [rows, columns, channels] = image!;
  const flat = !layers.some(({ kind }) => imageKinds.has(kind));
  return {
    inputShape: flat ? [rows * columns * channels] : [rows, columns, channels],
    outputs: 10,
  };
}

import { OptionError } from "../base/errors.ts";
import { catalog } from "./catalog.ts";
import type { Dataset } from "./dataset.ts";
import { clothesSet } from "./clothes.ts";
import { catalogSource, type SourceOptions } from "./file-source.ts";
import { checkImageOptions, type ImageOptions } from "./image-dataset.ts";
import { imageSet } from "./images.ts";
import { idxSource } from "./mnist.ts";

/** What the labels stand for, in their order. */
export const fashionMnistClasses: readonly string[] = Object.freeze([
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
]);

export interface FashionMnistOptions extends ImageOptions, SourceOptions {
  /**
   * "package": the npm package, split by us. "official": the four IDX files of its makers, with
   * their split, to be supplied by hand. Accuracies on one say little about the other. Defaults
   * to *"package"*.
   */
  readonly edition?: "package" | "official";
}

/**
 * Fashion-MNIST: 60,000 + 10,000 pictures of clothes, 28 x 28 pixels in 10 classes
 * (`fashionMnistClasses`), [784] each.
 *
 * The npm package is not quite the official set. It holds 7,000 images of each class in an order
 * of its own and without the official split; 64,397 of its 70,000 images are in the official
 * files bit for bit, the other 5,603 are not. So the "package" edition makes a split of its own,
 * the same on every machine: of each class, a shuffle with a fixed seed takes 1,000 images for
 * testing, none of which occurs twice in the set, and the rest trains. Numbers published for the
 * official split need the "official" edition, whose name says so: `fashion-mnist-official`.
 *
 * Shape:  inputs [count, 784], one byte per pixel; targets [count], 6,000 + 1,000 of each class.
 * Errors: DataError for files that are missing, damaged, or not the edition's; OptionError for
 *         another edition, and as `imageSet`.
 * Source: Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747, section 2.
 */
export async function fashionMnist(options: FashionMnistOptions = {}): Promise<Dataset> {
  const { source, base, edition = "package", ...imageOptions } = options;
  const where = { ...(source && { source }), ...(base !== undefined && { base }) };
  const classes = fashionMnistClasses.length;
  switch (edition) {
    case "package": {
      checkImageOptions("fashion-mnist", [28, 28], imageOptions);
      const files = catalogSource(catalog["fashion-mnist"], where);
      const counts = { train: 6000, test: 1000 };
      return clothesSet({ ...imageOptions, name: "fashion-mnist", source: files, classes, counts });
    }
    case "official": {
      const name = "fashion-mnist-official";
      checkImageOptions(name, [28, 28], imageOptions);
      const files = idxSource(catalog[name], where);
      return imageSet({ ...imageOptions, name, classes, source: files });
    }
    default:
      throw new OptionError(
        `fashionMnist: edition must be "package" or "official", got ${String(edition satisfies never)}`,
      );
  }
}

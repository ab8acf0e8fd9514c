/** Data sets, real and generated, as typed arrays. */
export { type Augmentation, type AugmentedBatch, augmentBatch } from "./augmentation.ts";
export {
  type CatalogEntry,
  type CatalogFile,
  type CatalogName,
  type CatalogPackage,
  catalog,
} from "./catalog.ts";
export { type Cifar10Options, cifar10, cifar10Classes } from "./cifar10.ts";
export { type CropAndFlipOptions, cropAndFlip } from "./crop-and-flip.ts";
export type { Dataset, Examples, Split } from "./dataset.ts";
export { type DigitsSampleOptions, digitsSample } from "./digits-sample.ts";
export { type FashionMnistOptions, fashionMnist, fashionMnistClasses } from "./fashion-mnist.ts";
export { type FileSource, type SourceOptions, fetchFrom } from "./file-source.ts";
export { type Batch, gatherInputs, gatherTargets } from "./gather.ts";
export {
  type BlobOptions,
  type GeneratedOptions,
  type TeacherOptions,
  gaussianBlobs,
  teacherRegression,
  twoMoons,
} from "./generated.ts";
export { hashDataset } from "./hash.ts";
export { type IdxArray, type IdxElements, parseIdx } from "./idx.ts";
export type { ImageOptions } from "./image-dataset.ts";
export { type ImageSetOptions, imageSet } from "./images.ts";
export { type MnistOptions, mnist } from "./mnist.ts";
export { shuffledIndices } from "./shuffled-indices.ts";
export { type TakeOptions, take } from "./take.ts";
export { decodeImage } from "./tables/decode-image.ts";
export {
  type ImageFile,
  type LabelledImages,
  imageSplit,
  labelledImages,
} from "./tables/labelled-images.ts";
export { type TableOptions, readTable } from "./tables/read-table.ts";
export type { TableProgress } from "./tables/read-csv.ts";
export type { ByteSource } from "./tables/utf8-chunks.ts";
export {
  type BadRow,
  type CategoryColumn,
  type Column,
  type NumberColumn,
  type Table,
  columnNamed,
} from "./tables/table.ts";
export {
  type TableDataset,
  type TableDatasetOptions,
  encodeSplit,
  knownRows,
  rowsAt,
  tableDataset,
} from "./tables/table-dataset.ts";
export { type RowSplit, type SplitOptions, holdOut, kFolds } from "./tables/split-rows.ts";
export { type FeatureEncoding, type TableEncoding, encodeInputs } from "./tables/table-encoding.ts";
export {
  type TargetColumn,
  type TargetEncoding,
  type Task,
  targetColumn,
} from "./tables/target-column.ts";

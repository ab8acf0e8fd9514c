/** Data sets, real and generated, as typed arrays. */
export { type CatalogEntry, type CatalogFile, catalog } from "./catalog.ts";
export type { Dataset, Examples, Split } from "./dataset.ts";
export { digitsSample } from "./digits-sample.ts";
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
export { type FileSource, type ImageOptions, type ImageSetOptions, imageSet } from "./images.ts";
export { type MnistOptions, fetchFrom, mnist } from "./mnist.ts";
export { shuffledIndices } from "./shuffled-indices.ts";
export { type TakeOptions, take } from "./take.ts";

import type { CatalogName } from "./catalog.ts";
import { cifar10 } from "./cifar10.ts";
import type { Dataset } from "./dataset.ts";
import { fashionMnist } from "./fashion-mnist.ts";
import type { SourceOptions } from "./file-source.ts";
import { mnist } from "./mnist.ts";

type Loader = (options: SourceOptions) => Promise<Dataset>;

const loaders: Readonly<Record<CatalogName, Loader>> = {
  mnist,
  cifar10,
  "fashion-mnist": async (options) => fashionMnist({ ...options, edition: "package" }),
  "fashion-mnist-official": async (options) => fashionMnist({ ...options, edition: "official" }),
};

/** A data set by its name in the catalog; `options` are its own loader's. Errors: as there. */
export async function loadByName(
  name: CatalogName,
  options: SourceOptions & Readonly<Record<string, unknown>>,
): Promise<Dataset> {
  return loaders[name](options);
}

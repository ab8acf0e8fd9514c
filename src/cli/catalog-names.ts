/** The data sets of the catalog as people name them. */
import { catalog, type CatalogEntry, type CatalogName } from "../data/catalog.ts";

export const catalogNames: readonly CatalogName[] = Object.keys(catalog) as CatalogName[];

/** The digits that come with the package: data with a name and without files. */
export const SAMPLE = "digits-sample";

/** `name@version`; null for a data set that npm does not have. */
export function packageName({ package: pin }: CatalogEntry): string | null {
  return pin === null ? null : `${pin.name}@${pin.version}`;
}

import { cifar10, type Dataset, fashionMnist, mnist, take } from "evenkeel/data";
import type { DataPlace } from "../load-data.ts";
import type { DataSpec } from "../protocol.ts";

type Served = Extract<DataSpec, { readonly name: "mnist" | "fashion-mnist" | "cifar10" }>;

/** A data set whose files lie under `data/` beside the page. Errors: DataError as its loader. */
export async function served({ name, train, test }: Served, place: DataPlace): Promise<Dataset> {
  const base = new URL(`data/${name}/`, place.base);
  const all = await load(name, base, place.asImages);
  return take(all, {
    ...(train !== undefined && { train: Math.min(train, all.train.count) }),
    ...(test !== undefined && { test: Math.min(test, all.test.count) }),
  });
}

async function load(name: Served["name"], base: URL, asImages: boolean): Promise<Dataset> {
  if (name === "cifar10") return cifar10(asImages ? { base } : { base, shape: [3072] });
  const options = asImages ? { base, shape: [28, 28, 1] } : { base };
  return name === "mnist" ? mnist(options) : fashionMnist(options);
}

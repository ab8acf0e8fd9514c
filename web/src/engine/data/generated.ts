import { type Dataset, gaussianBlobs, twoMoons } from "evenkeel/data";
import type { DataSpec } from "../protocol.ts";

type Generated = Extract<DataSpec, { readonly name: "two-moons" | "gaussian-blobs" }>;

/** Points in the plane. Errors: OptionError as the library's generators. */
export async function generated({ name, ...options }: Generated): Promise<Dataset> {
  return name === "two-moons" ? twoMoons(options) : gaussianBlobs(options);
}

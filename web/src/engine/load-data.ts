import type { Dataset } from "evenkeel/data";
import type { DataSpec, OwnData } from "./protocol.ts";

export interface DataPlace {
  /** The address that `data/<name>/` is under: the page's own. */
  readonly base: string;
  readonly own: OwnData | null;
  /** Images as [height, width, channels] for layers that look at their neighbours; flat otherwise. */
  readonly asImages: boolean;
}

/**
 * The data that a description names. What a training does not need it does not load: neither the
 * sample's pixels nor the readers of other files.
 *
 * Errors: DataError, OptionError as the library's loaders.
 */
export async function loadData(spec: DataSpec, place: DataPlace): Promise<Dataset> {
  switch (spec.name) {
    case "digits-sample": {
      const { digitsSample } = await import("./data/sample.ts");
      return digitsSample(place.asImages ? { shape: [28, 28, 1] } : {});
    }
    case "two-moons":
    case "gaussian-blobs":
      return (await import("./data/generated.ts")).generated(spec);
    case "own":
      return ownData(place);
    default:
      return (await import("./data/served.ts")).served(spec, place);
  }
}

function ownData({ own }: DataPlace): Dataset {
  if (own !== null) return own;
  throw new Error("data: your own file must be chosen again in this tab, got none");
}

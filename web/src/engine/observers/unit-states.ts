import type { Split } from "evenkeel/data";
import type { Observer } from "evenkeel/train";
import { layerOutputs, type SeenLayer } from "./layer-outputs.ts";

/** How near to its limit a sigmoid's or tanh's output counts as saturated, as a share of its range. */
const MARGIN = 0.05;

const limits: Readonly<Record<string, readonly [low: number, high: number]>> = {
  sigmoid: [0, 1],
  tanh: [-1, 1],
};

/**
 * Units that no longer learn: dead where a rectifier gives 0 for every example looked at,
 * saturated where a sigmoid or tanh is within 5 % of its range from a limit for every one.
 *
 * Values: `3/dead` of a relu layer `3`, `3/saturated` of a sigmoid or tanh.
 * Unit:   share of the layer's units.
 */
export function unitStates(examples: Split, count: number, every: number): Observer {
  return {
    name: "units",
    unit: "share of the layer's units",
    every,
    async prepare(site) {
      const observe = await layerOutputs(site, examples, count);
      return () =>
        Object.fromEntries(
          observe().flatMap((layer): [string, number][] => {
            if (layer.kind === "relu") {
              return [[`${layer.path}/dead`, share(layer, (y) => y === 0)]];
            }
            const range = limits[layer.kind];
            if (range === undefined) return [];
            const [low, high] = range;
            const near = MARGIN * (high - low);
            const stuck = (y: number): boolean => y <= low + near || y >= high - near;
            return [[`${layer.path}/saturated`, share(layer, stuck)]];
          }),
        );
    },
  };
}

/** The share of units for which every row `is`. */
function share({ data, units }: SeenLayer, is: (y: number) => boolean): number {
  let all = 0;
  for (let unit = 0; unit < units; unit++) {
    let holds = true;
    for (let at = unit; holds && at < data.length; at += units) holds = is(data[at]!);
    if (holds) all++;
  }
  return all / units;
}

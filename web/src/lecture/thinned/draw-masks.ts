import { bernoulli, input } from "evenkeel/graph";
import { streamKey } from "evenkeel/nn";
import { reference } from "evenkeel/run";
import { keeps, widths } from "./sizes.ts";
import { dropoutPaths } from "./small-network.ts";

/** What each example of one step keeps: per dropout layer, [batch][units], true is kept. */
export type StepMasks = readonly (readonly (readonly boolean[])[])[];

/**
 * The very masks that training with `seed` draws: a mask is a function of the layer's place, the
 * seed and the step, so it can be drawn again at any time.
 */
export async function maskDrawer(
  seed: number,
  batchSize: number,
): Promise<(step: number) => StepMasks> {
  const session = await reference.open();
  const masks = dropoutPaths.map((path, layer) =>
    bernoulli(input(path, [2], "u32"), [batchSize, widths[layer]!], { keep: keeps[layer]! }),
  );
  const outputs = Object.fromEntries(dropoutPaths.map((path, layer) => [path, masks[layer]!]));
  const executable = await session.compile({ outputs, writes: [] }, { name: "masks" });
  return (step) => {
    for (const path of dropoutPaths) {
      executable.input(path).set(streamKey(seed, `dropout/${path}`, step));
    }
    executable.run();
    return dropoutPaths.map((path, layer) => {
      const drawn = executable.output(path);
      const width = widths[layer]!;
      return Array.from({ length: batchSize }, (_, row) =>
        Array.from({ length: width }, (__, unit) => drawn[row * width + unit]! !== 0),
      );
    });
  };
}

/** A thinned network's number: bit k is set if unit k of inputs and hidden layers is kept. */
export function networkNumber(masks: StepMasks, row: number): number {
  return masks
    .flatMap((layer) => layer[row]!)
    .reduce((number, kept, bit) => number + (kept ? 2 ** bit : 0), 0);
}

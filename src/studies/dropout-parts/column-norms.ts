import type { Weights } from "../../nn/index.ts";
import type { FinalProbe } from "./after-training.ts";

/** Its name among a run's probes. */
export const NORMS = "norms";

/** The largest Euclidean norm of the weights into a unit, layer by layer: `largest`. */
export function columnNorms(weights: Weights): FinalProbe {
  const largest = [...weights].flatMap(([path, { shape, data }]) => {
    if (!path.endsWith(".weight")) return [];
    const units = shape.at(-1)!;
    const squares = new Float64Array(units);
    data.forEach((value, at) => (squares[at % units]! += value ** 2));
    return [Math.sqrt(Math.max(...squares))];
  });
  return { probe: NORMS, unit: "norm of the weights into a unit", values: { largest } };
}

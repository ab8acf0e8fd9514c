/**
 * A network small enough to draw, with dropout on its inputs and hidden units: 13 units can drop,
 * so it holds 2¹³ thinned networks.
 */
import { gaussianBlobs, type Dataset } from "evenkeel/data";
import { dropout, heNormal, linear, relu, sequential, zeros, type Module } from "evenkeel/nn";
import { keeps, widths } from "./sizes.ts";

/** The places of the dropout layers in the model: their random streams are named after them. */
export const dropoutPaths: readonly [string, string, string] = ["0", "3", "6"];
export const linearPaths: readonly [string, string, string] = ["1", "4", "7"];
export function smallNetwork(): Module {
  const dense = (layer: 0 | 1 | 2): Module =>
    linear(widths[layer], widths[layer + 1]!, { weight: heNormal, bias: zeros });
  return sequential(
    dropout({ keep: keeps[0] }),
    dense(0),
    relu(),
    dropout({ keep: keeps[1] }),
    dense(1),
    relu(),
    dropout({ keep: keeps[2] }),
    dense(2),
  );
}

/** Three overlapping clouds of points in four dimensions. */
export function smallData(): Promise<Dataset> {
  return gaussianBlobs({
    classes: widths[3],
    features: widths[0],
    noise: 1.2,
    train: 480,
    test: 300,
    seed: 5,
  });
}

import type { Split } from "evenkeel/data";
import { input, softmax } from "evenkeel/graph";
import { trace } from "evenkeel/nn";
import type { Observer } from "evenkeel/train";

/** Points along each side of the map. */
const MAP_SIDE = 48;

/** More examples would cover the map. */
const MOST_POINTS = 300;

/**
 * What the network answers all over the plane, at test.
 *
 * Values: `bounds` [x low, x high, y low, y high]; `classes`, how many; `probabilities`, of each
 *         class at each point, row by row from the lowest y: [48 · 48, classes]; `points` [count, 2]
 *         and `labels` [count], some of the examples it trains on.
 * Unit:   probability.
 */
export function decisionMap(examples: Split, classes: number, every: number): Observer {
  return {
    name: "decision-map",
    unit: "probability",
    every,
    async prepare({ model, tree, session }) {
      const count = MAP_SIDE * MAP_SIDE;
      const x = input("x", [count, 2]);
      const { output } = trace(model, x, { phase: "eval", tree });
      const executable = await session.compile(
        { outputs: { probabilities: softmax(output) }, writes: [] },
        { name: "decision-map" },
      );
      const bounds = boundsOf(examples);
      const points = gridOf(bounds);
      const shown = {
        points: [...examples.inputs.subarray(0, 2 * MOST_POINTS)],
        labels: [...examples.targets.subarray(0, MOST_POINTS)],
      };
      return () => {
        executable.input("x").set(points);
        executable.run();
        const probabilities = [...executable.output("probabilities")];
        return { bounds, classes, probabilities, ...shown };
      };
    },
  };
}

type Bounds = readonly [number, number, number, number];

/** A tenth wider than the examples on every side. */
function boundsOf({ inputs }: Split): Bounds {
  const ends = [Infinity, -Infinity, Infinity, -Infinity];
  inputs.forEach((value, i) => {
    const axis = 2 * (i % 2);
    ends[axis] = Math.min(ends[axis]!, value);
    ends[axis + 1] = Math.max(ends[axis + 1]!, value);
  });
  const [x0, x1, y0, y1] = ends as [number, number, number, number];
  const [dx, dy] = [(x1 - x0) / 10, (y1 - y0) / 10];
  return [x0 - dx, x1 + dx, y0 - dy, y1 + dy];
}

function gridOf([x0, x1, y0, y1]: Bounds): Float32Array {
  const points = new Float32Array(2 * MAP_SIDE * MAP_SIDE);
  for (let row = 0; row < MAP_SIDE; row++) {
    for (let column = 0; column < MAP_SIDE; column++) {
      const at = 2 * (row * MAP_SIDE + column);
      points[at] = x0 + ((x1 - x0) * (column + 0.5)) / MAP_SIDE;
      points[at + 1] = y0 + ((y1 - y0) * (row + 0.5)) / MAP_SIDE;
    }
  }
  return points;
}

import { gatherInputs, type Split } from "evenkeel/data";
import { input, type Value } from "evenkeel/graph";
import { type Observation, trace } from "evenkeel/nn";
import type { ObserverSite } from "evenkeel/train";

/** A layer that holds no other, with what it put out for the examples looked at. */
export interface SeenLayer {
  readonly path: string;
  readonly kind: string;
  /** Row-major [rows, units]. */
  readonly data: Float32Array;
  readonly units: number;
}

/**
 * Compiles one program that gives the output of every layer for the first `count` examples, and
 * returns a function that runs it. Normalization sees these examples as a batch of its own, as in
 * training; noise is not drawn.
 */
export async function layerOutputs(
  { model, tree, session }: ObserverSite,
  examples: Split,
  count: number,
): Promise<() => readonly SeenLayer[]> {
  const x = input("x", [count, ...examples.shape]);
  const { observations } = trace(model, x, { phase: "train", noise: false, tree });
  const layers = observations.filter(
    ({ path, output, input: into }) =>
      path !== "" &&
      output !== into &&
      !observations.some((inner) => inner.path.startsWith(`${path}.`)),
  );
  const outputs = Object.fromEntries(
    layers.map(({ output }, i): [string, Value] => [`y${i}`, output]),
  );
  const executable = await session.compile({ outputs, writes: [] }, { name: "layer-outputs" });
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  return () => {
    gatherInputs(examples, { rows, start: 0, count }, executable.input("x") as Float32Array);
    executable.run();
    return layers.map((layer, i) => seen(layer, executable.output(`y${i}`) as Float32Array));
  };
}

function seen({ path, label, output }: Observation, data: Float32Array): SeenLayer {
  return { path, kind: label.split("(", 1)[0]!, data, units: output.shape.at(-1) ?? 1 };
}

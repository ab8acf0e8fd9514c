import { gatherInputs, gatherTargets, type Split } from "evenkeel/data";
import { derivatives, input, sqrt, square, sum } from "evenkeel/graph";
import { type Loss, trace } from "evenkeel/nn";
import type { Observer } from "evenkeel/train";

/**
 * The length of the loss's gradient for each weight, on one fixed batch without noise: what still
 * reaches the layers.
 *
 * Values: the Euclidean norm by the weight's path, such as `0.weight`.
 * Unit:   loss per unit of the weight.
 */
export function gradientNorms(examples: Split, loss: Loss, count: number, every: number): Observer {
  return {
    name: "gradients",
    unit: "loss per unit of the weight",
    every,
    async prepare({ model, tree, session }) {
      const x = input("x", [count, ...examples.shape]);
      const { output, parameters } = trace(model, x, { phase: "train", noise: false, tree });
      const type = loss.target(output);
      const target = input("target", type.shape, type.dtype);
      const judged = loss.apply(output, target);
      const weights = parameters.filter(({ path }) => path.endsWith("weight"));
      const gradients = derivatives(
        judged,
        weights.map(({ value }) => value),
      );
      const outputs = Object.fromEntries(
        gradients.map((gradient, i) => [`g${i}`, sqrt(sum(square(gradient)))]),
      );
      const executable = await session.compile({ outputs, writes: [] }, { name: "gradient-norms" });
      const batch = { rows: Uint32Array.from({ length: count }, (_, row) => row), start: 0, count };
      return () => {
        gatherInputs(examples, batch, executable.input("x") as Float32Array);
        gatherTargets(examples, batch, executable.input("target"));
        executable.run();
        return Object.fromEntries(
          weights.map(({ path }, i) => [path, executable.output(`g${i}`)[0]!]),
        );
      };
    },
  };
}

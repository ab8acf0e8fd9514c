import type { Shape } from "../../src/base/shape.ts";
import type { OperationProblem } from "../problem.ts";
import type { Operand } from "../workloads/workload.ts";
import type { Calculator } from "./engine.ts";
import type { Jax, JaxArray } from "./jax-types.ts";
import { permute } from "./permute.ts";

/** Axes of images and of kernels as jax-js wants them, and the way back. */
const TO_JAX = { image: [0, 3, 1, 2], kernel: [3, 2, 0, 1] } as const;
const FROM_JAX = { image: [0, 2, 3, 1], kernel: [2, 3, 1, 0] } as const;

/** An operation under `jit`; the convolutions' gradients are jax-js's own. */
export function jaxCalculator(jax: Jax, { workload, operands }: OperationProblem): Calculator {
  const { op, result: shape, kernel } = workload;
  const plain = op === "matmul";
  const kindOf = ({ name }: Pick<Operand, "name">): "image" | "kernel" =>
    name === "w" ? "kernel" : "image";
  const arrays = workload.operands.map((operand, index) => {
    const data = operands[index]!.slice();
    if (plain) return jax.numpy.array(data).reshape(operand.shape);
    const order = TO_JAX[kindOf(operand)];
    const turned = order.map((axis) => operand.shape[axis]!);
    return jax.numpy.array(permute(data, operand.shape, order)).reshape(turned);
  });
  const side = kernel >> 1;
  const sides = [side, side] as const;
  const convolve = (x: JaxArray, w: JaxArray): JaxArray =>
    jax.lax.convGeneralDilated(x, w, [1, 1], [sides, sides]);
  const order = op === "conv-weight-gradient" ? "kernel" : "image";
  const turned = plain ? shape : TO_JAX[order].map((axis) => shape[axis]!);
  const body = {
    matmul: (a: JaxArray, b: JaxArray) => jax.numpy.matmul(a, b),
    "conv-forward": convolve,
    "conv-input-gradient": (dy: JaxArray, w: JaxArray) =>
      jax.grad((x: JaxArray) => jax.numpy.sum(convolve(x, w).mul(dy)))(zeros(jax, turned)),
    "conv-weight-gradient": (x: JaxArray, dy: JaxArray) =>
      jax.grad((w: JaxArray) => jax.numpy.sum(convolve(x, w).mul(dy)))(zeros(jax, turned)),
  }[op];
  const step = jax.jit(body);
  let result: JaxArray | null = null;
  return {
    reset: () => {},
    async run(count) {
      for (let i = 0; i < count; i++) {
        result?.dispose();
        result = step(arrays[0]!.ref, arrays[1]!.ref);
        // Asked for at once: work that nobody has seen yet may never be done once it is disposed of.
        await jax.blockUntilReady(result);
      }
    },
    async result() {
      const data = await result!.ref.data();
      return plain ? data : permute(data, turned, FROM_JAX[order]);
    },
  };
}

function zeros(jax: Jax, shape: Shape): JaxArray {
  return jax.numpy.zeros(shape);
}

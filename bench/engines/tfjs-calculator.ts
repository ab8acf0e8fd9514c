import type { OperationProblem } from "../problem.ts";
import type { Calculator } from "./engine.ts";
import type { Tensor, Tf } from "./tfjs-types.ts";

/** An operation, eagerly; a kernel that the backend does not have is TensorFlow.js's own error. */
export function tfjsCalculator(tf: Tf, { workload, operands }: OperationProblem): Calculator {
  const { op, result: shape } = workload;
  const [first, second] = workload.operands.map((operand, index) =>
    tf.tensor(operands[index]!, operand.shape),
  ) as [Tensor, Tensor];
  const compute = {
    matmul: () => tf.matMul(first, second),
    "conv-forward": () => tf.conv2d(first, second, 1, "same"),
    "conv-input-gradient": () => tf.conv2dTranspose(first, second, shape, 1, "same"),
    "conv-weight-gradient": () => {
      const zeros = tf.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
      return tf.grad((w) => tf.conv2d(first, w, 1, "same").mul(second).sum())(zeros);
    },
  }[op];
  let result: Tensor | null = null;
  return {
    reset: () => {},
    run(count) {
      for (let i = 0; i < count; i++) {
        tf.dispose(result);
        result = tf.tidy(() => tf.keep(compute()));
      }
    },
    result: () => result!.data(),
  };
}

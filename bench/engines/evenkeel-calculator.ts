import { conv2d } from "../../src/graph/ops/conv2d.ts";
import { derivatives } from "../../src/graph/ops/derivative.ts";
import { input } from "../../src/graph/ops/input.ts";
import { matmul } from "../../src/graph/ops/matmul.ts";
import { mul } from "../../src/graph/ops/mul.ts";
import { sum } from "../../src/graph/ops/sum.ts";
import type { Value } from "../../src/graph/value.ts";
import type { Backend } from "../../src/run/backend.ts";
import type { OperationProblem } from "../problem.ts";
import type { Operation } from "../workloads/workload.ts";
import type { Calculator } from "./engine.ts";

/** An operation as a program of our graph: the convolutions' gradients are those we differentiate. */
export async function evenkeelCalculator(
  backend: Backend,
  { workload, operands }: OperationProblem,
): Promise<Calculator> {
  const session = await backend.open();
  const program = { outputs: { result: resultOf(workload) }, writes: [] };
  const executable = await session.compile(program, { name: workload.name });
  workload.operands.forEach(({ name }, index) => executable.input(name).set(operands[index]!));
  return {
    reset: () => {},
    run(count) {
      for (let i = 0; i < count; i++) executable.run();
    },
    result: () => Float32Array.from(executable.output("result")),
  };
}

function resultOf({ op, operands, result, kernel }: Operation): Value {
  const [first, second] = operands.map(({ name, shape }) => input(name, shape));
  const around = kernel >> 1;
  const sides = [around, around] as const;
  const convolution = (x: Value, w: Value): Value => conv2d(x, w, { padding: [sides, sides] });
  const pulledBack = (y: Value, dy: Value, by: Value): Value =>
    derivatives(sum(mul(y, dy)), [by])[0]!;
  switch (op) {
    case "matmul":
      return matmul(first!, second!);
    case "conv-forward":
      return convolution(first!, second!);
    case "conv-input-gradient": {
      const x = input("x", result);
      return pulledBack(convolution(x, second!), first!, x);
    }
    case "conv-weight-gradient": {
      const w = input("w", result);
      return pulledBack(convolution(first!, w), second!, w);
    }
  }
}

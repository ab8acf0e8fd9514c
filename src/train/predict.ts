import { sizeOf, type Shape } from "../base/shape.ts";
import type { Examples } from "../data/dataset.ts";
import { input } from "../graph/ops/input.ts";
import { trace, type Module, type Tensor, type Weights } from "../nn/index.ts";
import type { Backend } from "../run/backend.ts";
import { breather } from "./breather.ts";
import { checkExamples } from "./check-split.ts";
import { compileChunks } from "./chunks.ts";
import { openModel } from "./open-model.ts";

export interface PredictOptions {
  /** Defaults to *the fastest backend that runs here*. */
  readonly backend?: Backend;
}

/**
 * The model's output for each example, in phase `eval`: normalization uses the statistics in
 * `weights`, dropout does not draw.
 *
 * Shape:  examples [count, ...shape] → [count, ...output].
 * Errors: DataError if the weights are not the model's; ShapeError if the examples do not fit it.
 */
export async function predict(
  model: Module,
  weights: Weights,
  examples: Examples,
  { backend }: PredictOptions = {},
): Promise<Tensor> {
  checkExamples(examples, "predict");
  const { session, tree } = await openModel(model, weights, backend, "predict");
  let shape: Shape = [];
  const run = await compileChunks(session, examples, {
    name: "predict",
    build(size) {
      const x = input("x", [size, ...examples.shape]);
      const { output } = trace(model, x, { phase: "eval", tree });
      shape = output.shape.slice(1);
      return { outputs: { output }, writes: [] };
    },
  });
  const perExample = sizeOf(shape);
  const data = new Float32Array(examples.count * perExample);
  await run(
    (executable, start) => data.set(executable.output("output"), start * perExample),
    breather(),
  );
  return { shape: [examples.count, ...shape], dtype: "f32", data };
}

import { OptionError } from "../base/errors.ts";
import { add } from "../graph/ops/add.ts";
import { derivatives } from "../graph/ops/derivative.ts";
import { input } from "../graph/ops/input.ts";
import { mul } from "../graph/ops/mul.ts";
import { sum } from "../graph/ops/sum.ts";
import type { Value } from "../graph/value.ts";
import { trace } from "../nn/index.ts";
import { batchCount, batchFeed, checkBatches } from "./batches.ts";
import { addVector, parameterSpace, writeVector, type ParameterSpace } from "./parameter-space.ts";
import type { ProbeSite } from "./probe.ts";
import { judgeBatch, type SurfaceOptions } from "./surface.ts";

/** The second derivatives of the loss, as a map from vectors to vectors. */
export interface Curvature {
  readonly space: ParameterSpace;
  /** into ← H · vector, H = ∇²L at the parameters as they are, after `step` updates. */
  multiply(step: number, vector: Float64Array, into: Float64Array): void;
}

/**
 * Compiles H · v = ∇(g · v) as one program without writes: the gradient is differentiated again, so
 * a product costs a few gradients and the Hessian itself is never made. In phase `train` the
 * statistics of a batch are differentiated too.
 *
 * Where the loss has a kink (ReLU, max pooling) its second derivative counts as 0.
 *
 * Errors: OptionError for counts that do not fit or a model without parameters.
 * Source: Pearlmutter 1994, "Fast exact multiplication by the Hessian".
 */
export async function lossCurvature(site: ProbeSite, options: SurfaceOptions): Promise<Curvature> {
  const { model, tree, session } = site;
  const { examples, batchSize, phase, noise = false, loss } = options;
  checkBatches(options, "lossCurvature");
  const x = input("x", [batchSize, ...examples.shape]);
  const traced = trace(model, x, { phase, noise, tree });
  const judged = judgeBatch(traced.output, options);
  const values = traced.parameters.map(({ value }) => value);
  const gradients = derivatives(judged, values);
  const along = traced.parameters.map(({ path, slot }, k) =>
    sum(mul(gradients[k]!, input(`vector/${path}`, slot.shape))),
  );
  const products = derivatives(totalOf(along, model.label), values);
  const named = traced.parameters.map(({ path }, k) => [`product/${path}`, products[k]!] as const);
  const program = { outputs: Object.fromEntries(named), writes: [] };
  const executable = await session.compile(program, { name: "probe-curvature" });
  const feed = batchFeed({ program, trace: traced, loss }, options);
  const space = parameterSpace(traced.parameters);
  const batches = batchCount(options);
  return {
    space,
    multiply(step, vector, into) {
      into.fill(0);
      for (let index = 0; index < batches; index++) {
        feed(executable, step, index);
        writeVector(space, { executable, prefix: "vector" }, vector);
        executable.run();
        addVector(space, { executable, prefix: "product" }, 1 / batches, into);
      }
    },
  };
}

function totalOf(parts: readonly Value[], label: string): Value {
  const [first, ...rest] = parts;
  if (first !== undefined) return rest.reduce((total, part) => add(total, part), first);
  throw new OptionError(`lossCurvature: the model must have parameters, got none in ${label}`);
}

import { OptionError } from "../base/errors.ts";
import { derivatives } from "../graph/ops/derivative.ts";
import { input } from "../graph/ops/input.ts";
import { mul } from "../graph/ops/mul.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { slice } from "../graph/ops/slice.ts";
import { state } from "../graph/ops/state.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Value } from "../graph/value.ts";
import { trace, type Loss, type Member, type Trace } from "../nn/index.ts";
import { judge } from "../nn/judge.ts";
import {
  batchCount,
  batchFeed,
  checkBatches,
  SAMPLE_WEIGHTS,
  type BatchOptions,
} from "./batches.ts";
import { addVector, parameterSpace, writeVector, type ParameterSpace } from "./parameter-space.ts";
import type { ProbeSite } from "./probe.ts";

export interface SurfaceOptions extends BatchOptions {
  /** What the model is trained with. Penalties of the training are not part of it. */
  readonly loss: Loss;
}

/** Where to look: at θ − length · direction, with a length for each parameter. */
interface Move {
  readonly direction: Float64Array;
  /** One for all parameters, or one each, in the space's order. */
  readonly length: number | readonly number[];
}

/** The loss as a function of the parameters, near where they are. */
export interface Surface {
  readonly space: ParameterSpace;
  readonly trace: Trace;
  /**
   * Mean loss over the batches of the observation after `step` updates; `gradient` becomes its
   * gradient there. Without a move at θ itself, exactly.
   */
  at(step: number, gradient: Float64Array, move?: Move): number;
}

/**
 * Compiles loss and gradient at θ − length · direction as one program without writes: it reads the
 * parameters from the session and is fed the rest.
 *
 * Several batches count alike: the loss is the mean of theirs, each normalized by itself in phase
 * `train`.
 *
 * Errors: OptionError for counts that do not fit; ShapeError if model, loss and examples do not.
 */
export async function lossSurface(site: ProbeSite, options: SurfaceOptions): Promise<Surface> {
  const { session } = site;
  const { loss } = options;
  checkBatches(options, "lossSurface");
  const { traced, judged } = traceMoved(site, options);
  if (traced.parameters.length === 0) {
    throw new OptionError(
      `lossSurface: the model must have parameters, got none in ${site.model.label}`,
    );
  }
  const gradients = derivatives(
    judged,
    traced.parameters.map(({ value }) => value),
  );
  const named = traced.parameters.map(
    ({ path }, k) => [`gradient/${path}`, gradients[k]!] as const,
  );
  const program = { outputs: { loss: judged, ...Object.fromEntries(named) }, writes: [] };
  const executable = await session.compile(program, { name: "probe-surface" });
  const feed = batchFeed({ program, trace: traced, loss }, options);
  const space = parameterSpace(traced.parameters);
  const all = site.tree.members.filter(({ member }) => member.kind === "parameter");
  const places = space.spans.map(({ path }) => all.findIndex((other) => other.path === path));
  const nowhere = { direction: new Float64Array(space.size), length: 0 };
  const batches = batchCount(options);
  return {
    space,
    trace: traced,
    at(step, gradient, { direction, length } = nowhere) {
      gradient.fill(0);
      let total = 0;
      for (let index = 0; index < batches; index++) {
        feed(executable, step, index);
        writeVector(space, { executable, prefix: "direction" }, direction);
        const lengths = executable.input("lengths");
        places.forEach((place, k) => {
          lengths[place] = typeof length === "number" ? length : length[k]!;
        });
        executable.run();
        total += executable.output("loss")[0]!;
        addVector(space, { executable, prefix: "gradient" }, 1 / batches, gradient);
      }
      return total / batches;
    },
  };
}

/** The model with θ − length · direction in the place of each parameter θ, and its loss. */
function traceMoved(
  { model, tree }: ProbeSite,
  { examples, batchSize, phase, noise = false, loss }: SurfaceOptions,
): { readonly traced: Trace; readonly judged: Value } {
  const parameters = tree.members.filter(({ member }) => member.kind === "parameter");
  const lengths = input("lengths", [Math.max(parameters.length, 1)]);
  const instead = new Map<Member, Value>(
    parameters.map(({ member, path, slot }, k) => {
      const length = reshape(slice(lengths, { start: [k], end: [k + 1] }), []);
      const direction = input(`direction/${path}`, slot.shape);
      return [member, sub(state(slot), mul(direction, length))];
    }),
  );
  const x = input("x", [batchSize, ...examples.shape]);
  const traced = trace(model, x, { phase, noise, tree, instead });
  return { traced, judged: judgeBatch(traced.output, { examples, batchSize, loss }) };
}

/** The mean loss of a batch whose targets are fed, with the examples' weights if they have any. */
export function judgeBatch(
  output: Value,
  { examples, batchSize, loss }: Pick<SurfaceOptions, "examples" | "batchSize" | "loss">,
): Value {
  const target = loss.target(output);
  const targets = input("target", target.shape, target.dtype);
  const weighted = examples.weights !== undefined;
  const weights = weighted ? input(SAMPLE_WEIGHTS, [batchSize]) : null;
  return judge(loss, output, targets, weights).loss;
}

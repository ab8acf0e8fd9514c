/** One observation of the theorems' two sides at one normalized layer, on one real batch. */
import { OptionError } from "../../base/errors.ts";
import { gatherInputs, gatherTargets, type Split } from "../../data/index.ts";
import {
  abs,
  add,
  derivatives,
  input,
  max,
  mean,
  mul,
  sqrt,
  standardize,
  stopGradient,
  sub,
  sum,
  variance,
  type Program,
  type Value,
} from "../../graph/index.ts";
import {
  crossEntropy,
  defineModule,
  trace,
  type Member,
  type Trace,
  type Weights,
} from "../../nn/index.ts";
import type { Probe, ProbeSite, ProbeValues } from "../../probes/index.ts";
import type { Executable } from "../../run/index.ts";
import { EPS, type NormalizedLayer } from "./model.ts";
import { observedRatios, type LayerArrays } from "./ratios.ts";

export interface TheoremProbeOptions {
  readonly layer: NormalizedLayer;
  readonly examples: Split;
  /** m: the first examples, as one batch. */
  readonly batchSize: number;
  readonly every: number;
  /** First weights, for observation 4.5. */
  readonly initial: Weights;
}

/**
 * Both sides of theorems 4.1, 4.2, 4.4 and observations 4.3, 4.5 at one layer, as ratios without a
 * unit. Those of `observedRatios`, one number per unit, and for the layer as a whole:
 *
 * - `restored`: largest |BN(y; scale σ, shift μ) − y| in units of the largest |y| (4.3);
 * - `factor`: k = ⟨W₀, W⟩ / ‖W‖², W₀ the first weights;
 * - `scaled`: how far the network's outputs move if W becomes kW, in units of the largest (4.5);
 * - `nearer`: ‖W₀ − kW‖² in units of ‖W₀ − W‖²; `nearerError`: its distance from what 4.5 says, in
 *   units of ‖W₀‖².
 *
 * One program has first derivatives, another those along one unit's gradient twice: theorem 4.2 is
 * about one unit's block of the Hessian, so it is run once per unit.
 */
export function theoremProbe(options: TheoremProbeOptions): Probe {
  const { layer, batchSize, every } = options;
  return Object.freeze({
    name: layer.name,
    unit: "ratio",
    every,
    mode: `one batch of ${batchSize} held-out examples, normalized with its own statistics as in training; nothing updated`,
    async prepare(site) {
      const first = await site.session.compile(firstProgram(site, options), {
        name: `theorems-first-${layer.name}`,
      });
      const second = await site.session.compile(secondProgram(site, options), {
        name: `theorems-second-${layer.name}`,
      });
      return () => observe(site, options, first, second);
    },
  } satisfies Probe);
}

interface LayerValues {
  readonly loss: Value;
  readonly x: Value;
  readonly y: Value;
  readonly z: Value;
  readonly traced: Trace;
}

function layerValues({ model, tree }: ProbeSite, options: TheoremProbeOptions): LayerValues {
  const { examples, batchSize, layer } = options;
  const x = input("x", [batchSize, ...examples.shape]);
  const traced = trace(model, x, { phase: "train", tree });
  const at = (path: string): Trace["observations"][number] =>
    traced.observations.find((seen) => seen.path === path)!;
  return {
    loss: lossOf(traced.output, batchSize),
    x: at(layer.dense).input,
    y: at(layer.norm).input,
    z: at(layer.norm).output,
    traced,
  };
}

function lossOf(output: Value, batchSize: number): Value {
  return crossEntropy().apply(output, input("target", [batchSize], "i32"));
}

/** Gradients, and what observations 4.3 and 4.5 ask. */
function firstProgram(site: ProbeSite, options: TheoremProbeOptions): Program {
  const { loss, x, y, z, traced } = layerValues(site, options);
  const weight = weightOf(site, options);
  const value = traced.parameters.find(({ path }) => path === weight.path)!.value;
  const [g, v, weightGradient] = derivatives(loss, [z, y, value]);
  // Observation 4.3: the scale σ and the shift μ undo the normalization.
  const axes = [0];
  const undone = add(
    mul(standardize(y, { axes, eps: EPS }), sqrt(variance(y, axes))),
    mean(y, axes),
  );
  return {
    outputs: {
      scaledError: max(abs(sub(scaledOutput(site, options), traced.output))),
      largestOutput: max(abs(traced.output)),
      x,
      y,
      g: g!,
      v: v!,
      weightGradient: weightGradient!,
      restoredError: max(abs(sub(undone, y))),
      largest: max(abs(y)),
    },
    writes: [],
  };
}

/** The network's output with the dense layer's weights multiplied by the input `factor`. */
function scaledOutput({ model, tree }: ProbeSite, options: TheoremProbeOptions): Value {
  const { examples, batchSize } = options;
  const { member } = weightOf({ tree }, options);
  const scaled = defineModule("scaled", { model }, (x, pass) => {
    const instead = new Map<Member, Value>([[member, mul(pass.read(member), input("factor", []))]]);
    return pass.apply(model, x, instead);
  });
  const x = input("x", [batchSize, ...examples.shape]);
  return trace(scaled, x, { phase: "train", tree }).output;
}

/** Curvature along one unit's gradients: its column is chosen by the input `unit`, 0 or 1 each. */
function secondProgram(site: ProbeSite, options: TheoremProbeOptions): Program {
  const { loss, y, z } = layerValues(site, options);
  const chosen = input("unit", [y.shape.at(-1)!]);
  const [g, v] = derivatives(loss, [z, y]);
  const along = (gradient: Value, direction: Value, at: Value): Value => {
    const fixed = stopGradient(mul(direction, chosen));
    const [turned] = derivatives(sum(mul(fixed, gradient)), [at]);
    return sum(mul(fixed, turned!));
  };
  return {
    outputs: { vHatV: along(v!, v!, y), vHv: along(g!, v!, z), gHg: along(g!, g!, z) },
    writes: [],
  };
}

function weightOf(
  { tree }: Pick<ProbeSite, "tree">,
  { layer }: TheoremProbeOptions,
): ProbeSite["tree"]["members"][number] {
  const path = `${layer.dense}.weight`;
  const found = tree.members.find((member) => member.path === path);
  if (found !== undefined) return found;
  throw new OptionError(`theoremProbe: layer must have a weight "${path}", got none`);
}

function observe(
  site: ProbeSite,
  options: TheoremProbeOptions,
  first: Executable,
  second: Executable,
): ProbeValues {
  const { layer, initial } = options;
  const { slot, path } = weightOf(site, options);
  const weights = site.session.read(slot) as Float32Array;
  const start = initial.get(path)!.data as Float32Array;
  const scale = site.tree.members.find((member) => member.path === `${layer.norm}.scale`)!;
  feed(first, options);
  const factor = dot(start, weights) / dot(weights, weights);
  first.input("factor")[0] = factor;
  first.run();
  const copy = (name: string): Float32Array => Float32Array.from(first.output(name));
  const arrays: LayerArrays = {
    batchSize: options.batchSize,
    x: copy("x"),
    y: copy("y"),
    g: copy("g"),
    v: copy("v"),
    weightGradient: copy("weightGradient"),
    gamma: site.session.read(scale.slot) as Float32Array,
  };
  const share = (part: string, whole: string): number =>
    first.output(part)[0]! / first.output(whole)[0]!;
  const restored = share("restoredError", "largest");
  const scaled = share("scaledError", "largestOutput");
  feed(second, options);
  return {
    ...observedRatios(arrays, (unit) => curvatures(second, unit)),
    restored,
    scaled,
    factor,
    ...distances(start, weights, factor),
  };
}

function feed(executable: Executable, { examples, batchSize }: TheoremProbeOptions): void {
  const rows = Uint32Array.from({ length: batchSize }, (_, row) => row);
  gatherInputs(examples, { rows }, executable.input("x") as Float32Array);
  gatherTargets(examples, { rows }, executable.input("target"));
}

function curvatures(second: Executable, unit: number): Record<"vHatV" | "vHv" | "gHg", number> {
  const chosen = second.input("unit");
  chosen.fill(0);
  chosen[unit] = 1;
  second.run();
  const read = (name: string): number => second.output(name)[0]!;
  return { vHatV: read("vHatV"), vHv: read("vHv"), gHg: read("gHg") };
}

/** Observation 4.5: distances from the first weights to W and to kW, and what it says of them. */
function distances(
  start: Float32Array,
  weights: Float32Array,
  factor: number,
): { readonly nearer: number; readonly nearerError: number } {
  const size = dot(weights, weights);
  const along = dot(weights, start);
  let [far, near] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    far += (start[i]! - weights[i]!) ** 2;
    near += (start[i]! - factor * weights[i]!) ** 2;
  }
  const promised = far - (size - along) ** 2 / size;
  const scale = dot(start, start);
  return { nearer: far === 0 ? 1 : near / far, nearerError: Math.abs(near - promised) / scale };
}

function dot(a: Float32Array, b: Float32Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

import { BackendError, DataError, GraphError, OptionError, ShapeError } from "../base/errors.ts";
import { sameShape, showShape } from "../base/shape.ts";
import { add } from "../graph/ops/add.ts";
import { input } from "../graph/ops/input.ts";
import { mul } from "../graph/ops/mul.ts";
import { state } from "../graph/ops/state.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Slot, Value } from "../graph/value.ts";
import { memberTree, type MemberTree } from "./member-tree.ts";
import type { Member, Module, NamedMember, Pass, Phase, Statistic } from "./module.ts";

export interface TraceOptions {
  readonly phase: Phase;
  /** Draw dropout masks? Default: in phase `train` only. */
  readonly noise?: boolean;
  /** Give all examples of the batch the same draws? Default: false. */
  readonly sharedNoise?: boolean;
  /** The names and buffers of the model's members; pass one tree to programs that share them. */
  readonly tree?: MemberTree;
  /** Values to compute with in place of members' own, such as θ − η · g. Default: none. */
  readonly instead?: ReadonlyMap<Member, Value>;
}

/** What a statistic shall become after the step. */
export interface StatisticUpdate {
  readonly path: string;
  readonly slot: Slot;
  readonly value: Value;
  /** This batch's own value, when the update blends it into the old one. */
  readonly batchValue: Value | null;
}

/** A key that the loop feeds at each step: `streamKey(seed, stream, step)` into `input`, u32 [2]. */
export interface RandomStream {
  readonly input: string;
  readonly stream: string;
}

/** One application of a module; inner modules come before the module that contains them. */
export interface Observation {
  /** Such as `3`, or `3#2` for the second application of a shared module; "" is the model. */
  readonly path: string;
  readonly label: string;
  readonly module: Module;
  readonly input: Value;
  readonly output: Value;
}

export interface Trace {
  readonly tree: MemberTree;
  readonly output: Value;
  /** The parameters that the output was computed from, in the model's order, as it saw them. */
  readonly parameters: readonly (NamedMember & { readonly value: Value })[];
  readonly updates: readonly StatisticUpdate[];
  readonly randomStreams: readonly RandomStream[];
  readonly observations: readonly Observation[];
}

/** What tracing has met so far; the only mutable state, and gone when `trace` returns. */
interface Recording {
  readonly root: Module;
  readonly phase: Phase;
  readonly noise: boolean;
  readonly sharedNoise: boolean;
  readonly tree: MemberTree;
  readonly byMember: ReadonlyMap<Member, NamedMember>;
  readonly instead: ReadonlyMap<Member, Value>;
  readonly reads: Map<Member, Value>;
  readonly updates: Map<Member, StatisticUpdate>;
  readonly randomStreams: RandomStream[];
  readonly observations: Observation[];
  /** How often each path was applied. */
  readonly applications: Map<string, number>;
  /** The modules being applied, outermost first. */
  readonly places: { readonly path: string; keys: number }[];
  /** Errors that say already where they happened. */
  readonly located: WeakSet<object>;
}

/**
 * Builds the graph of `model` applied to `x`, and what goes with it: which parameters were read,
 * what the running statistics shall become, which random keys must be fed.
 *
 * Errors: ShapeError for a value in a member's place that is not its like; the layers' own, with
 *         the layer's path appended: `… (layer "3" of sequential)`.
 */
export function trace(model: Module, x: Value, options: TraceOptions): Trace {
  const { phase, noise = phase === "train", sharedNoise = false } = options;
  const { tree = memberTree(model), instead = new Map<Member, Value>() } = options;
  instead.forEach((value, member) => checkSubstitute(member, value, "trace"));
  const recording: Recording = {
    root: model,
    phase,
    noise,
    sharedNoise,
    tree,
    byMember: new Map(tree.members.map((named) => [named.member, named])),
    instead,
    reads: new Map(),
    updates: new Map(),
    randomStreams: [],
    observations: [],
    applications: new Map(),
    places: [],
    located: new WeakSet(),
  };
  const { reads, updates, randomStreams, observations } = recording;
  const output = applyModule(recording, makePass(recording), model, x);
  return {
    tree,
    output,
    parameters: tree.members.flatMap((named) => {
      const value = reads.get(named.member);
      return named.member.kind === "parameter" && value !== undefined ? [{ ...named, value }] : [];
    }),
    updates: tree.members.flatMap(({ member }) => updates.get(member) ?? []),
    randomStreams,
    observations,
  };
}

function makePass(recording: Recording, substitutes: ReadonlyMap<Member, Value> = new Map()): Pass {
  const { phase, noise, sharedNoise } = recording;
  const pass: Pass = {
    phase,
    noise,
    sharedNoise,
    read: (member) => substitutes.get(member) ?? read(recording, member),
    blend(statistic, batchValue, { decay }) {
      const kept = mul(read(recording, statistic), decay);
      const share = typeof decay === "number" ? 1 - decay : sub(1, decay);
      record(recording, statistic, add(kept, mul(batchValue, share)), batchValue);
    },
    update: (statistic, value) => record(recording, statistic, value, null),
    apply(module, x, instead) {
      if (instead === undefined) return applyModule(recording, pass, module, x);
      instead.forEach((value, member) => checkSubstitute(member, value, "apply"));
      const inner = makePass(recording, new Map([...substitutes, ...instead]));
      return applyModule(recording, inner, module, x);
    },
    randomKey: () => randomKey(recording),
  };
  return pass;
}

function checkSubstitute({ kind, shape }: Member, value: Value, who: string): void {
  if (value.dtype === "f32" && sameShape(value.shape, shape)) return;
  throw new ShapeError(
    `${who}: in place of a ${kind} f32 ${showShape(shape)} must stand its like, got ${value.dtype} ${showShape(value.shape)}`,
  );
}

function nameOf({ byMember }: Recording, member: Member, who: string): NamedMember {
  const named = byMember.get(member);
  if (named !== undefined) return named;
  throw new OptionError(
    `${who}: a ${member.kind} must be a property of its module, got one of shape ${showShape(member.shape)} that the model does not hold`,
  );
}

function read(recording: Recording, member: Member): Value {
  const known = recording.reads.get(member);
  if (known !== undefined) return known;
  const { slot } = nameOf(recording, member, "read");
  const value = recording.instead.get(member) ?? state(slot);
  recording.reads.set(member, value);
  return value;
}

function record(
  recording: Recording,
  statistic: Statistic,
  value: Value,
  batchValue: Value | null,
): void {
  const { path, slot } = nameOf(recording, statistic, "update");
  if (recording.phase !== "train") {
    throw new OptionError(`update: phase must be train, got ${recording.phase}`);
  }
  if (recording.updates.has(statistic)) {
    throw new OptionError(
      `update: a statistic changes once per step, got a second value for "${path}"`,
    );
  }
  if (!sameShape(value.shape, slot.shape) || value.dtype !== slot.dtype) {
    throw new ShapeError(
      `update: "${path}" is f32 ${showShape(slot.shape)}, got ${value.dtype} ${showShape(value.shape)}`,
    );
  }
  recording.updates.set(statistic, { path, slot, value, batchValue });
}

function applyModule(recording: Recording, pass: Pass, module: Module, x: Value): Value {
  const { places, observations, root, located } = recording;
  const path = placeOf(recording, module);
  places.push({ path, keys: 0 });
  try {
    const output = module.apply(x, pass);
    observations.push({ path, label: module.label, module, input: x, output });
    return output;
  } catch (error) {
    throw locate(error, path, root.label, located);
  } finally {
    places.pop();
  }
}

/** Modules made inside `apply` are not in the tree; they are named after where they are used. */
function placeOf({ tree, places, applications }: Recording, module: Module): string {
  const parent = places.at(-1)?.path ?? "";
  const path = tree.modulePaths.get(module) ?? (parent === "" ? "" : `${parent}.`) + module.label;
  const count = (applications.get(path) ?? 0) + 1;
  applications.set(path, count);
  return count === 1 ? path : `${path}#${count}`;
}

function randomKey({ places, randomStreams }: Recording): Value {
  const place = places.at(-1)!;
  place.keys++;
  const path = place.keys === 1 ? place.path : `${place.path}/${place.keys}`;
  randomStreams.push({ input: `random/${path}`, stream: `dropout/${path}` });
  return input(`random/${path}`, [2], "u32");
}

const OUR_ERRORS = [ShapeError, OptionError, DataError, GraphError, BackendError] as const;

/** The same error, saying where in the model it happened: the innermost layer names itself. */
function locate(error: unknown, path: string, root: string, located: WeakSet<object>): unknown {
  if (!(error instanceof Error) || located.has(error) || path === "") return error;
  const message = `${error.message} (layer "${path}" of ${root})`;
  const ours = OUR_ERRORS.find((kind) => error instanceof kind);
  if (ours === undefined) {
    error.message = message;
    located.add(error);
    return error;
  }
  const copy = new ours(message, { cause: error });
  located.add(copy);
  return copy;
}

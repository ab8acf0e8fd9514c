import { showShape, sizeOf, type Shape } from "../base/shape.ts";
import { input } from "../graph/ops/input.ts";
import { topologicalOrder, type Value } from "../graph/value.ts";
import {
  memberTree,
  trace,
  type MemberTree,
  type Module,
  type Observation,
  type Phase,
} from "../nn/index.ts";
import { countFlops } from "./count-flops.ts";

export interface SummaryOptions {
  /** Of one example. */
  readonly inputShape: Shape;
  /** Defaults to *1*. */
  readonly batchSize?: number;
  /** Whose forward pass is counted; defaults to *"eval"*. */
  readonly phase?: Phase;
}

/** One application of a layer. */
export interface SummaryRow {
  /** Such as `3`, or `3#2` for the second application of a shared layer. */
  readonly path: string;
  readonly label: string;
  readonly input: Shape;
  readonly output: Shape;
  /** Learned numbers; 0 where a shared layer is applied again. */
  readonly parameters: number;
  /** Numbers kept without being learned, such as running means. */
  readonly statistics: number;
  /** Of its forward pass over the batch; see `countFlops`. */
  readonly flops: number;
  /** Of its parameters and statistics. */
  readonly bytes: number;
  /** Of its output. */
  readonly outputBytes: number;
}

export interface ModelSummary {
  readonly label: string;
  readonly batchSize: number;
  readonly phase: Phase;
  /** In the order of application; modules that only hold others have none. */
  readonly rows: readonly SummaryRow[];
  readonly total: Pick<SummaryRow, "parameters" | "statistics" | "flops" | "bytes" | "outputBytes">;
}

const ELEMENT_BYTES = 4;

/**
 * What a model is made of, layer by layer, without running it: shapes, learned numbers, work of
 * the forward pass, memory.
 *
 * Errors: ShapeError from the layers if inputs of this shape do not fit.
 */
export function summarize(model: Module, options: SummaryOptions): ModelSummary {
  const { inputShape, batchSize = 1, phase = "eval" } = options;
  const tree = memberTree(model);
  const x = input("x", [batchSize, ...inputShape]);
  const traced = trace(model, x, { phase, tree });
  const held = membersByModule(tree);
  const counted = new Set<Value>();
  const seen = new Set<string>();
  const rows = traced.observations.flatMap((observation, i): SummaryRow[] => {
    // Inner modules come first, so what is left is this module's own work.
    const own = valuesOf(observation).filter((value) => !counted.has(value));
    own.forEach((value) => counted.add(value));
    const row = rowOf(observation, own, held, seen);
    const inner = traced.observations.slice(0, i);
    const holdsOthers = inner.some(({ path }) => isInside(path, observation.path));
    return holdsOthers && row.bytes === 0 && row.flops === 0 ? [] : [row];
  });
  const sum = (count: (row: SummaryRow) => number): number =>
    rows.reduce((total, row) => total + count(row), 0);
  return {
    label: model.label,
    batchSize,
    phase,
    rows,
    total: {
      parameters: sum((row) => row.parameters),
      statistics: sum((row) => row.statistics),
      flops: sum((row) => row.flops),
      bytes: sum((row) => row.bytes),
      outputBytes: sum((row) => row.outputBytes),
    },
  };
}

interface Held {
  readonly parameters: number;
  readonly statistics: number;
}

/** Counts each member once, at the innermost module of its path. */
function membersByModule({ members, modulePaths }: MemberTree): ReadonlyMap<string, Held> {
  const paths = new Set(modulePaths.values());
  const held = new Map<string, Held>();
  for (const { path, member, slot } of members) {
    let owner = path;
    do owner = owner.slice(0, Math.max(0, owner.lastIndexOf(".")));
    while (owner !== "" && !paths.has(owner));
    const { parameters, statistics } = held.get(owner) ?? { parameters: 0, statistics: 0 };
    const size = sizeOf(slot.shape);
    const learned = member.kind === "parameter";
    held.set(owner, {
      parameters: parameters + (learned ? size : 0),
      statistics: statistics + (learned ? 0 : size),
    });
  }
  return held;
}

function rowOf(
  { path, label, input: x, output }: Observation,
  own: readonly Value[],
  held: ReadonlyMap<string, Held>,
  seen: Set<string>,
): SummaryRow {
  const place = path.replace(/#\d+$/, "");
  const first = !seen.has(place);
  seen.add(place);
  const { parameters, statistics } = (first ? held.get(place) : undefined) ?? {
    parameters: 0,
    statistics: 0,
  };
  return {
    path,
    label,
    input: x.shape,
    output: output.shape,
    parameters,
    statistics,
    flops: countFlops(own),
    bytes: ELEMENT_BYTES * (parameters + statistics),
    outputBytes: ELEMENT_BYTES * sizeOf(output.shape),
  };
}

/** What an application computes from its input. */
function valuesOf({ input: x, output }: Observation): Value[] {
  return topologicalOrder([output], new Set([x]));
}

function isInside(path: string, outer: string): boolean {
  const place = outer.replace(/#\d+$/, "");
  return place === "" ? path !== "" : path.startsWith(`${place}.`);
}

/** A summary as a table of text, numbers to the right. */
export function printSummary({ rows, total, batchSize, label, phase }: ModelSummary): string {
  const header = ["layer", "", "output", "parameters", "statistics", "FLOPs", "bytes"];
  const body = rows.map((row) => [
    row.path,
    row.label,
    showShape(row.output),
    grouped(row.parameters),
    grouped(row.statistics),
    grouped(row.flops),
    grouped(row.bytes),
  ]);
  const foot = [
    "total",
    label,
    "",
    ...[total.parameters, total.statistics, total.flops, total.bytes].map(grouped),
  ];
  const lines = [header, ...body, foot];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const text = lines.map((line) =>
    line
      .map((cell, column) =>
        column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd(),
  );
  const note = `FLOPs of a forward pass over a batch of ${batchSize} in phase ${phase}; outputs take ${grouped(total.outputBytes)} bytes.`;
  return `${[...text, note].join("\n")}\n`;
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, " ");
}

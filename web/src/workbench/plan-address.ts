/** A plan as an address that can be shared, readable enough to be changed by hand. */
import type { ArmSpec, Change, DataSpec } from "../engine/index.ts";
import type { Plan, Watch } from "./plan.ts";
import { parseLayers, parseOptimizer, printLayers, printOptimizer } from "./plan-text.ts";

/** The query, without `?`. Characters that mean nothing in an address stay as they are. */
export function printPlan(plan: Plan): string {
  const { data, arms, batchSize, steps, seed, seeds, watch, changes } = plan;
  const { name, ...dataOptions } = data;
  const fields: [string, string][] = [
    ["room", "workbench"],
    ["data", name],
    ...Object.entries(dataOptions).map(([key, value]): [string, string] => [
      `data.${key}`,
      String(value),
    ]),
    ["batch", String(batchSize)],
    ["steps", String(steps)],
    ["seed", String(seed)],
    ["seeds", String(seeds)],
    ["watch", watch],
    ...arms.flatMap((arm): [string, string][] => [
      ["name", arm.name],
      ["net", printLayers(arm.layers)],
      ["opt", printOptimizer(arm.optimizer)],
    ]),
    ...changes.map((change): [string, string] => ["change", printChange(change)]),
  ];
  return fields.map(([key, value]) => `${key}=${escape(value)}`).join("&");
}

function escape(text: string): string {
  return encodeURIComponent(text).replace(/%(?:2C|3D|3A|2F)/g, decodeURIComponent);
}

function printChange({ step, ...what }: Change): string {
  return [`step=${step}`, ...Object.entries(what).map(([key, value]) => `${key}=${value}`)].join(
    ",",
  );
}

/** Null for a query without a plan. Errors: Error saying which part does not read, and why. */
export function parsePlan(query: URLSearchParams): Plan | null {
  if (!query.has("net")) return null;
  const names = query.getAll("name");
  const optimizers = query.getAll("opt");
  const arms = query.getAll("net").map((net, i): ArmSpec => {
    const optimizer = optimizers[i];
    if (optimizer === undefined) {
      throw new Error(`address: every net needs an opt, got none for net ${i + 1}`);
    }
    return {
      name: names[i] ?? `arm ${i + 1}`,
      layers: parseLayers(net),
      optimizer: parseOptimizer(optimizer),
    };
  });
  return {
    data: parseData(query),
    arms,
    batchSize: count(query, "batch", 1, 65_536),
    steps: count(query, "steps", 1, 1_000_000),
    seed: count(query, "seed", 0, Number.MAX_SAFE_INTEGER - 100),
    seeds: count(query, "seeds", 1, 20),
    watch: parseWatch(query.get("watch") ?? "layers"),
    changes: query.getAll("change").map(parseChange),
  };
}

function count(query: URLSearchParams, name: string, min: number, max: number): number {
  const value = Number(query.get(name) ?? Number.NaN);
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new Error(
    `address: ${name} must be a whole number in [${min}, ${max}], got ${query.get(name) ?? "none"}`,
  );
}

function parseWatch(text: string): Watch {
  if (text === "little" || text === "layers" || text === "landscape") return text;
  throw new Error(`address: watch must be little, layers or landscape, got ${text}`);
}

const dataNames = [
  "digits-sample",
  "mnist",
  "fashion-mnist",
  "cifar10",
  "two-moons",
  "gaussian-blobs",
  "own",
] as const satisfies readonly DataSpec["name"][];

function parseData(query: URLSearchParams): DataSpec {
  const asked = query.get("data");
  const name = dataNames.find((known) => known === asked);
  if (name === undefined) {
    throw new Error(`address: data must be one of ${dataNames.join(", ")}, got ${asked ?? "none"}`);
  }
  if (name === "digits-sample") return { name };
  if (name === "own") return { name, label: query.get("data.label") ?? "your file" };
  const options = ["train", "test", "noise", "seed", "classes"].flatMap(
    (option): [string, number][] => {
      const text = query.get(`data.${option}`);
      if (text === null) return [];
      const value = Number(text);
      if (Number.isFinite(value) && value >= 0) return [[option, value]];
      throw new Error(`address: data.${option} must be a number of at least 0, got ${text}`);
    },
  );
  return { name, ...Object.fromEntries(options) };
}

function parseChange(text: string): Change {
  const fields = new Map(
    text.split(",").map((field): [string, number] => {
      const [name = "", value = ""] = field.split("=");
      return [name, Number(value)];
    }),
  );
  const read = (name: string): number | undefined => {
    const value = fields.get(name);
    if (value === undefined || (Number.isFinite(value) && value >= 0)) return value;
    throw new Error(`address: ${name} of a change must be a number of at least 0, got ${text}`);
  };
  const step = read("step");
  if (step === undefined) throw new Error(`address: a change needs its step, got ${text}`);
  const [arm, learningRate, dropoutRate] = [read("arm"), read("learningRate"), read("dropoutRate")];
  return {
    step,
    ...(arm !== undefined && { arm }),
    ...(learningRate !== undefined && { learningRate }),
    ...(dropoutRate !== undefined && { dropoutRate }),
  };
}

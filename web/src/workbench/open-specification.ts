/** A specification of `evenkeel compare` as the workbench's plan. */
import {
  armsOf,
  checkSpec,
  type CompareSpec,
  layerCatalog,
  type LayerSpec as ComparedLayer,
  planArms,
} from "evenkeel/experiments";
import type { ArmSpec, DataSpec, LayerSpec } from "../engine/index.ts";
import { layerKind } from "../engine/layer-catalogue.ts";
import type { Plan } from "./plan.ts";
import { comparedName } from "./specification-names.ts";

interface OpenedSpecification {
  readonly plan: Plan;
  /** What of the specification the workbench does not do. */
  readonly differences: readonly string[];
}

/** As many arms and seeds as can be told apart on a chart. */
const MOST_ARMS = 6;
const MOST_SEEDS = 20;
const USUAL_STEPS = 1000;
const USUAL_SEEDS = 5;

/**
 * Reads a specification as JSON.
 *
 * Errors: Error for text that is not JSON; OptionError naming each place that is wrong; Error for
 *         arms with batches of different sizes.
 */
export function openSpecification(text: string, name: string): OpenedSpecification {
  const spec = checkSpec(parse(text, name), name);
  const { data, shape } = dataOf(spec.data);
  const all = planArms(armsOf(spec), spec.shared ?? {}, shape, Number.MAX_SAFE_INTEGER);
  const arms = all.slice(0, MOST_ARMS);
  const { batchSize } = arms[0]!;
  const other = arms.find((arm) => arm.batchSize !== batchSize);
  if (other !== undefined) {
    throw new Error(
      `${name}: all arms must have one batch size here, got ${batchSize} and ${other.batchSize}`,
    );
  }
  const { steps = USUAL_STEPS, seed = 1, seeds = USUAL_SEEDS } = spec;
  const plan: Plan = {
    data,
    arms: arms.map(({ label, layers, optimizer }): ArmSpec => {
      const { name: kind, learningRate, momentum, weightDecay } = optimizer;
      return {
        name: label,
        layers: layersOf(layers, shape.length === 3),
        optimizer: {
          kind,
          learningRate,
          ...(kind === "sgd" && momentum > 0 && { momentum }),
          ...(weightDecay > 0 && { weightDecay }),
        },
      };
    }),
    batchSize,
    steps: Math.min(steps, 1_000_000),
    seed,
    seeds: Math.min(seeds, MOST_SEEDS),
    watch: "little",
    changes: [],
  };
  return { plan, differences: differencesOf(spec, all.length) };
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${name}: must be a specification as JSON, got ${reason}`, { cause });
  }
}

/** The data, and the shape of one example as a comparison would be given it. */
function dataOf(name: string): { readonly data: DataSpec; readonly shape: readonly number[] } {
  switch (name) {
    case "digits-sample":
    case "mnist":
    case "fashion-mnist":
      return { data: { name }, shape: [784] };
    case "cifar10":
      return { data: { name }, shape: [32, 32, 3] };
    default: {
      const data: DataSpec = { name: "own", label: name.split(/[\\/]/).at(-1)! };
      // Rows come from a file, images from a folder; their size is known when they are read.
      return { data, shape: /\.\w+$/.test(name) ? [1] : [32, 32, 3] };
    }
  }
}

function differencesOf(spec: CompareSpec, arms: number): readonly string[] {
  const { data, seeds = USUAL_SEEDS, folds, minutes, halving } = spec;
  const own = dataOf(data).data.name === "own";
  return [
    ...(own ? [`Choose ${data} again: a page cannot open files by itself.`] : []),
    ...(arms > MOST_ARMS ? [`Of ${arms} arms the first ${MOST_ARMS} are here.`] : []),
    ...(seeds > MOST_SEEDS ? [`Of ${seeds} seeds the first ${MOST_SEEDS} are here.`] : []),
    ...((folds ?? (own ? 5 : 1)) > 1 ? ["There is one split here, not several folds."] : []),
    ...(minutes === undefined ? [] : [`Steps are ${USUAL_STEPS}, not what fits into minutes.`]),
    ...(halving === undefined ? [] : ["All arms are trained to the end here."]),
  ];
}

/** With the flattening and the output layer that a comparison adds by itself. */
function layersOf(layers: readonly ComparedLayer[], asImage: boolean): readonly LayerSpec[] {
  const made: LayerSpec[] = [];
  let image = asImage;
  const hidden = layers.at(-1)?.layer === "output" ? layers.slice(0, -1) : layers;
  for (const layer of [...hidden, null]) {
    if ((layer === null || layer.layer === "linear") && image) {
      made.push({ kind: "flatten" });
      image = false;
    }
    if (layer?.layer === "flatten" || layer?.layer === "globalAvgPool2d") image = false;
    made.push(layer === null ? { kind: "linear", out: "classes" } : layerOf(layer));
  }
  return made;
}

function layerOf({ layer: kind, ...given }: ComparedLayer): LayerSpec {
  const known = layerCatalog.find(({ name }) => name === kind);
  const here = layerKind(kind);
  if (known === undefined || here === undefined) {
    throw new Error(`specification: layers must be of the catalog, got ${JSON.stringify(kind)}`);
  }
  const stranger = Object.keys(given).find(
    (name) => !known.options.some((option) => option.name === name),
  );
  if (stranger !== undefined) {
    throw new Error(`specification: ${kind} must have options of the catalog, got ${stranger}`);
  }
  const options = here.options.flatMap((option): [string, string | number][] => {
    const name = comparedName(kind, option.name);
    const value = given[name] ?? known.options.find((one) => one.name === name)?.default;
    return value === undefined || value === option.initial ? [] : [[option.name, value]];
  });
  return { ...Object.fromEntries(options), kind };
}

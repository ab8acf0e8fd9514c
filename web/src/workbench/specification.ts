/** The workbench's plan as a specification of `evenkeel compare`. */
import {
  armsOf,
  checkSpec,
  type CompareSpec,
  layerCatalog,
  type LayerSpec as ComparedLayer,
  type NamedSettings,
  planArms,
} from "evenkeel/experiments";
import type { ArmSpec, DataSpec, LayerSpec, OptionValue } from "../engine/index.ts";
import { applies } from "../engine/layer-options.ts";
import { layerKind } from "../engine/layer-catalogue.ts";
import type { Plan } from "./plan.ts";
import { comparedName } from "./specification-names.ts";

interface Specification {
  readonly spec: CompareSpec;
  /** In what a comparison's runs differ from the training in this tab; empty if in nothing. */
  readonly differences: readonly string[];
}

/**
 * What `evenkeel compare` is given to train the same arms.
 *
 * Errors: Error naming the first part of the plan that a specification has no words for.
 */
export function specificationOf(plan: Plan): Specification {
  const differences = new Set<string>();
  const { steps, seed, seeds, changes } = plan;
  if (changes.length > 0) differences.add("Changes made while training are left out.");
  const value = {
    data: dataOf(plan.data, differences),
    arms: plan.arms.map((arm) => armOf(arm, plan, differences)),
    steps,
    seed,
    seeds,
    folds: 1,
  };
  const spec = checkSpec(value, "specification");
  // Two arms of one name are refused here, not by the reader's terminal.
  planArms(armsOf(spec), {}, [1], plan.batchSize);
  return { spec, differences: [...differences] };
}

function dataOf(data: DataSpec, differences: Set<string>): string {
  switch (data.name) {
    case "two-moons":
    case "gaussian-blobs":
      throw new Error(
        `specification: data must be a file or a data set with a name, got generated points (${data.name})`,
      );
    case "own":
      differences.add(
        "Put your file beside the specification, and name the column to predict as “target”. Test rows are drawn anew.",
      );
      return data.label;
    case "digits-sample":
      return data.name;
    default:
      if (data.train !== undefined || data.test !== undefined) {
        differences.add("A comparison takes all examples of the data set.");
      }
      return data.name;
  }
}

function armOf(arm: ArmSpec, plan: Plan, differences: Set<string>): NamedSettings {
  const { kind, learningRate, momentum = 0, weightDecay = 0 } = arm.optimizer;
  if (kind !== "sgd" && kind !== "adam" && kind !== "adamW") {
    throw new Error(`specification: optimizer must be sgd, adam or adamW, got ${kind}`);
  }
  return {
    name: arm.name.replaceAll(/[^\w .,()+=%-]+/g, "-").slice(0, 60),
    layers: layersOf(arm, differences),
    optimizer: kind,
    learningRate,
    ...(momentum > 0 && { momentum }),
    ...(weightDecay > 0 && { weightDecay }),
    batchSize: arm.batchSize ?? plan.batchSize,
  };
}

/** The hidden layers; a comparison adds the output layer by itself. */
function layersOf({ name, layers }: ArmSpec, differences: Set<string>): ComparedLayer[] {
  const last = layers.at(-1);
  if (last?.kind !== "linear" || last["out"] !== "classes") {
    throw new Error(
      `specification: ${name} must end with linear(out=classes), got ${last?.kind ?? "none"}`,
    );
  }
  comparedLayer(last, differences);
  return layers.slice(0, -1).map((layer) => comparedLayer(layer, differences));
}

function comparedLayer(layer: LayerSpec, differences: Set<string>): ComparedLayer {
  const known = layerCatalog.find((kind) => kind.name === layer.kind);
  const here = layerKind(layer.kind);
  if (known === undefined || here === undefined) {
    const names = layerCatalog.map(({ name }) => name).join(", ");
    throw new Error(`specification: layers must be of ${names}, got ${layer.kind}`);
  }
  const options: Record<string, string | number> = {};
  for (const option of here.options) {
    const value: OptionValue = layer[option.name] ?? option.initial;
    const name = comparedName(layer.kind, option.name);
    const there = known.options.find((candidate) => candidate.name === name);
    if (there !== undefined && typeof value !== "boolean") {
      if (value !== there.default && value !== "classes") options[name] = value;
    } else if (option.name === "bias" && value === false) {
      differences.add("Layers without a bias get one; a normalization after it takes it away.");
    } else if (value !== option.initial && applies(option, layer, here.options)) {
      throw new Error(
        `specification: ${layer.kind} must have its usual ${option.name}, got ${String(value)}`,
      );
    }
  }
  return { layer: layer.kind, ...options };
}

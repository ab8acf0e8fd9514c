/** What `evenkeel cost` compares: a preset's variants, or a model of the user's with layers left out. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { OptionError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import type { Module } from "../nn/module.ts";
import { layersOf, sequential } from "../nn/sequential.ts";
import { oneOf } from "./arguments.ts";
import { costPresetNames, costPresets, modelWith, type CostPreset } from "./cost-presets.ts";
import { techniqueNames } from "./cost-techniques.ts";
import { UsageError } from "./usage-error.ts";

export interface CostSubjectOptions {
  /** Names of techniques, separated by commas; defaults to *all*. */
  readonly techniques?: string;
  /** Also each technique at each hidden layer alone. */
  readonly layers?: boolean;
  readonly batch?: number;
}

export interface CostSubject {
  readonly title: string;
  readonly batchSize: number;
  readonly inputShape: Shape;
  readonly classes: number;
  /** The models to be timed by name, the baseline first. */
  readonly models: ReadonlyMap<string, Module>;
  readonly baseline: string;
}

/**
 * A preset by its name, or the module at a path (it must look like one: `./model.js`).
 *
 * Errors: UsageError for a name that is not known, or options a module cannot have; OptionError if
 *         the module's exports are not a model with its input's shape.
 */
export async function costSubject(name: string, options: CostSubjectOptions): Promise<CostSubject> {
  if (/[./\\]/.test(name)) return moduleSubject(name, options);
  return presetSubject(costPresets[oneOf("preset", name, costPresetNames)], options);
}

function presetSubject(
  preset: CostPreset,
  { techniques, layers, batch }: CostSubjectOptions,
): CostSubject {
  const chosen =
    techniques === undefined
      ? techniqueNames
      : techniques.split(",").map((name) => oneOf("technique", name.trim(), techniqueNames));
  const baseline = "none";
  const models = new Map<string, Module>([[baseline, modelWith(preset, null)]]);
  for (const technique of chosen) {
    models.set(technique, modelWith(preset, technique));
    if (layers !== true) continue;
    for (const [index, { layer }] of preset.blocks.entries()) {
      const name = `${technique} at ${index}: ${layer.label}`;
      models.set(name, modelWith(preset, technique, index));
    }
  }
  const { title, batchSize, inputShape, classes } = preset;
  return { title, batchSize: batch ?? batchSize, inputShape, classes, models, baseline };
}

/** Layers whose output has its input's shape, so that a model may do without them. */
const removable = /norm|dropout|dropBlock|noise|standardiz/i;

async function moduleSubject(
  path: string,
  { techniques, layers, batch }: CostSubjectOptions,
): Promise<CostSubject> {
  if (techniques !== undefined || layers === true) {
    throw new UsageError("--techniques and --layers are for presets, got a model of your own");
  }
  const { model, inputShape, batchSize, classes } = await loadModule(path);
  const parts = layersOf(model);
  if (parts === null) {
    throw new OptionError(`${path}: model must be made by sequential(), got ${model.label}`);
  }
  const without = (left: (index: number) => boolean): Module =>
    sequential(...parts.filter((_, index) => !left(index)));
  const found = parts.flatMap(({ label }, index) => (removable.test(label) ? [index] : []));
  const models = new Map([["as it is", model]]);
  for (const index of found) {
    const name = `without ${index}: ${parts[index]!.label}`;
    models.set(
      name,
      without((at) => at === index),
    );
  }
  if (found.length > 1) {
    models.set(
      "without all of these",
      without((at) => found.includes(at)),
    );
  }
  const baseline = "as it is";
  return { title: path, batchSize: batch ?? batchSize, inputShape, classes, models, baseline };
}

interface UserModule {
  readonly model: Module;
  readonly inputShape: Shape;
  readonly batchSize: number;
  readonly classes: number;
}

async function loadModule(path: string): Promise<UserModule> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(pathToFileURL(resolve(path)).href)) as typeof exported;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OptionError(`${path}: must be a module that can be loaded, got ${why}`, {
      cause: error,
    });
  }
  const { model, inputShape, batchSize = 64, classes = 10 } = exported;
  if (!isModule(model)) {
    throw new OptionError(`${path}: must export model, a module of layers, got ${typeof model}`);
  }
  if (!Array.isArray(inputShape) || !inputShape.every(isSize)) {
    throw new OptionError(`${path}: must export inputShape, the sizes of one example`);
  }
  if (!isSize(batchSize) || !isSize(classes)) {
    throw new OptionError(`${path}: batchSize and classes must be positive integers`);
  }
  return { model, inputShape, batchSize, classes };
}

function isModule(value: unknown): value is Module {
  if (typeof value !== "object" || value === null) return false;
  return "label" in value && "apply" in value && typeof value.apply === "function";
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** What an arm of a comparison is: a few names and numbers, or a stack of layers written out. */
import * as v from "valibot";
import { layerNames, type LayerSpec } from "./layer-catalog.ts";

export const layerSchema: v.GenericSchema<LayerSpec> = v.intersect([
  v.object({ layer: v.string() }),
  v.record(v.string(), v.union([v.string(), v.number()])),
]);

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const integerIn = (least: number, most: number): v.GenericSchema<number> =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const settingEntries = {
  normalizer: v.picklist(["none", ...layerNames("normalization")]),
  /** Probability to drop, after each hidden activation; 0 for no dropout. */
  dropout: v.pipe(v.number(), v.minValue(0), v.maxValue(0.95)),
  activation: v.picklist(layerNames("activation")),
  /** Units of a hidden layer; channels of the first convolution. */
  width: integerIn(1, 8192),
  /** Hidden layers; convolutions with their pools. */
  depth: integerIn(0, 32),
  optimizer: v.picklist(["adam", "adamW", "sgd"]),
  learningRate: positive,
  /** Of the old velocity, for sgd. */
  momentum: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  weightDecay: v.pipe(v.number(), v.minValue(0), v.finite()),
  batchSize: integerIn(1, 65_536),
  /** In place of what normalizer, dropout, activation, width and depth would make. */
  layers: v.pipe(v.array(layerSchema), v.maxLength(200)),
};

/** Settings that an arm may state; those it does not are the defaults. */
export interface ArmSettings {
  readonly normalizer?: string | undefined;
  readonly dropout?: number | undefined;
  readonly activation?: string | undefined;
  readonly width?: number | undefined;
  readonly depth?: number | undefined;
  readonly optimizer?: "adam" | "adamW" | "sgd" | undefined;
  readonly learningRate?: number | undefined;
  readonly momentum?: number | undefined;
  readonly weightDecay?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly layers?: readonly LayerSpec[] | undefined;
}

export type SettingName = keyof ArmSettings;
export const settingNames: readonly SettingName[] = Object.keys(settingEntries) as SettingName[];

const partial = v.partial(v.object(settingEntries)).entries;

export const settingsSchema: v.GenericSchema<unknown, ArmSettings> = v.strictObject(partial);

/** An arm in a list: settings, and a name of one's own. */
export interface NamedSettings extends ArmSettings {
  readonly name?: string | undefined;
}

const name = v.pipe(v.string(), v.regex(/^[\w .,()+=%-]{1,60}$/));
export const namedSettingsSchema: v.GenericSchema<unknown, NamedSettings> = v.strictObject({
  name: v.optional(name),
  ...partial,
});

/** Values to combine, each with each: a list for every setting that varies. */
export type SettingsGrid = {
  readonly [Name in SettingName]?: readonly NonNullable<ArmSettings[Name]>[] | undefined;
};

const valueList = (schema: v.GenericSchema): v.GenericSchema =>
  v.optional(v.pipe(v.array(schema), v.minLength(1), v.maxLength(1000)));

export const settingsGridSchema: v.GenericSchema<unknown, SettingsGrid> = v.strictObject(
  Object.fromEntries(
    Object.entries(settingEntries).map(([setting, schema]) => [setting, valueList(schema)]),
  ),
);

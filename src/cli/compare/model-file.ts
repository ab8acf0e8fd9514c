/**
 * A trained network with everything that turns a file into its inputs: weights as safetensors, all
 * else as JSON beside them. Names and numbers only; nothing in either can be executed.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { DataError } from "../../base/errors.ts";
import type { TableEncoding } from "../../data/index.ts";
import { checkSubject, type ReadSpec, type RunSubject } from "../../experiments/index.ts";
import { readSafetensors, writeSafetensors, type Weights } from "../../nn/index.ts";
import { readCheckpoint } from "../../train/index.ts";
import { atomicWrite } from "../atomic-write.ts";
import { diskRunStore } from "../disk-run-store.ts";
import { makeFolder } from "../make-folder.ts";

export interface SavedModel {
  readonly format: "evenkeel-model-1";
  /** The arm it is, as the comparison called it. */
  readonly arm: string;
  /** The run it was trained in. */
  readonly run: string;
  readonly subject: RunSubject;
  /** Of one example. */
  readonly shape: readonly number[];
  readonly encoding: TableEncoding;
  /** How the file it was trained on was read, where that was not guessed. */
  readonly read: ReadSpec;
}

const WEIGHTS = "model.safetensors";
const DESCRIPTION = "model.json";

/** Writes a model of a finished run; null if the run has left no checkpoint. */
export async function saveModel(
  folder: string,
  model: SavedModel,
  out: string,
): Promise<string | null> {
  const weights = await finalWeights(out, model.run);
  if (weights === null) return null;
  await makeFolder(folder);
  await atomicWrite(join(folder, WEIGHTS), writeSafetensors(weights));
  await atomicWrite(join(folder, DESCRIPTION), `${JSON.stringify(model, null, 1)}\n`);
  return folder;
}

async function finalWeights(out: string, run: string): Promise<Weights | null> {
  const folder = await diskRunStore(out).open(run);
  const files = (await folder.list()).filter((file) => /^checkpoint-\d+\.safetensors$/.test(file));
  const steps = files.map((file) => Number(/\d+/.exec(file)![0])).toSorted((a, b) => b - a);
  const bytes =
    steps.length === 0 ? null : await folder.readBytes(`checkpoint-${steps[0]!}.safetensors`);
  return bytes === null ? null : readCheckpoint(bytes, run).weights;
}

const names = v.array(v.string());
const real = v.pipe(v.number(), v.finite());
const positive = v.pipe(real, v.gtValue(0));

const encodingSchema = v.strictObject({
  features: v.array(
    v.variant("kind", [
      v.strictObject({
        kind: v.literal("number"),
        name: v.string(),
        mean: real,
        sd: positive,
        marksMissing: v.boolean(),
      }),
      v.strictObject({
        kind: v.literal("category"),
        name: v.string(),
        labels: names,
        marksMissing: v.boolean(),
      }),
    ]),
  ),
  target: v.variant("kind", [
    v.strictObject({ kind: v.literal("class"), name: v.string(), labels: names }),
    v.strictObject({ kind: v.literal("number"), name: v.string(), mean: real, sd: positive }),
  ]),
  constant: names,
});

const modelSchema = v.strictObject({
  format: v.literal("evenkeel-model-1"),
  arm: v.string(),
  run: v.string(),
  subject: v.unknown(),
  shape: v.pipe(
    v.array(v.pipe(v.number(), v.integer(), v.minValue(1))),
    v.minLength(1),
    v.maxLength(3),
  ),
  encoding: encodingSchema,
  read: v.looseObject({}),
});

/** Errors: DataError for files that are absent, damaged, or not a saved model. */
export async function loadModel(
  folder: string,
): Promise<{ readonly model: SavedModel; readonly weights: Weights }> {
  const read = async (file: string): Promise<Uint8Array> => {
    const path = join(folder, file);
    try {
      return new Uint8Array(await readFile(path));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DataError(`${path}: must be a saved model's file, got ${reason}`, { cause });
    }
  };
  const place = join(folder, DESCRIPTION);
  const result = v.safeParse(modelSchema, parseText(await read(DESCRIPTION), place));
  if (!result.success) {
    const [issue] = result.issues;
    throw new DataError(
      `${place}: ${v.getDotPath(issue) ?? "it"} must be ${issue.expected ?? issue.message}, got ${issue.received}`,
    );
  }
  const model = { ...result.output, subject: checkSubject(result.output.subject, place) };
  const { weights } = readSafetensors(await read(WEIGHTS), join(folder, WEIGHTS));
  return { model, weights };
}

function parseText(bytes: Uint8Array, place: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new DataError(`${place}: must be JSON, got ${bytes.length} bytes that are not`, {
      cause,
    });
  }
}

/** What travels through the queue: names and numbers, checked on arrival. Never code, never data. */
import * as v from "valibot";
import { DataError } from "../../base/errors.ts";
import { checkSubject, COMPARISON, type RunDescription } from "../../experiments/index.ts";

import { logFormats, type LogFormat } from "../worker-protocol.ts";

export interface RunPayload {
  readonly format: 1;
  readonly description: RunDescription;
  /** What is written beside the run's own files. */
  readonly log?: LogFormat;
}

const name = v.pipe(v.string(), v.regex(/^[\w.-]{1,100}$/));
const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1e9));

const payloadSchema = v.strictObject({
  format: v.literal(1),
  log: v.optional(v.picklist(logFormats)),
  description: v.strictObject({
    study: v.literal(COMPARISON),
    revision: count,
    arm: name,
    seed: v.pipe(v.number(), v.integer(), v.minValue(0)),
    scale: v.strictObject({
      steps: count,
      seeds: count,
      evaluateEvery: count,
      observeEvery: count,
      checkpointEvery: count,
    }),
    data: v.strictObject({
      name: v.pipe(v.string(), v.maxLength(1000)),
      hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    }),
    subject: v.looseObject({}),
    backend: v.picklist(["native", "wasm", "reference"]),
    version: v.pipe(v.string(), v.maxLength(100)),
  }),
});

/** Bytes of a payload: a network of 200 layers with all their options stays far below. */
const MOST_BYTES = 2 ** 17;

/**
 * Errors: DataError for a payload that is too long, of another format or version of Evenkeel, or
 *         that holds anything but known names and numbers.
 */
export function checkPayload(value: unknown, version: string): RunPayload {
  const size = JSON.stringify(value).length;
  if (size > MOST_BYTES) {
    throw new DataError(`job: must be at most ${MOST_BYTES} bytes long, got ${size}`);
  }
  const result = v.safeParse(payloadSchema, value);
  if (!result.success) {
    const [issue] = result.issues;
    throw new DataError(
      `job: ${v.getDotPath(issue) ?? "it"} must be ${issue.expected ?? issue.message}, got ${issue.received}`,
    );
  }
  const { description, format, log } = result.output;
  if (description.version !== version) {
    throw new DataError(`job: must be of Evenkeel ${version}, got ${description.version}`);
  }
  return {
    format,
    ...(log && { log }),
    description: { ...description, subject: { ...checkSubject(description.subject, "job") } },
  };
}

/** One run as plain JSON: enough to carry it out in another thread, and to know it again. */
import { canonicalJson } from "./canonical-json.ts";
import type { Scale } from "./study-parts.ts";

export interface RunDescription {
  readonly study: string;
  readonly revision: number;
  readonly arm: string;
  readonly seed: number;
  readonly scale: Scale;
  readonly data: { readonly name: string; readonly hash: string };
  /** What decides a run's numbers beyond that, as plain JSON: absent in a study, whose id says it. */
  readonly subject?: Readonly<Record<string, unknown>>;
  /** The backend's name: results are bitwise repeatable on one backend only. */
  readonly backend: string;
  /** Evenkeel's version. */
  readonly version: string;
}

/**
 * The run's name on disk: readable parts, then 12 hexadecimal digits of SHA-256 over everything
 * that decides its numbers. How many seeds there are beside it and how often it is saved do not.
 */
export async function runId(description: RunDescription): Promise<string> {
  const { study, arm, seed, scale } = description;
  const { seeds: _, checkpointEvery: __, ...decisive } = scale;
  const hash = await shortHash(canonicalJson({ ...description, scale: decisive }));
  return `${study}-${arm}-s${seed}-${hash}`;
}

/** The name of a study's folder: a hash over the runs it is made of. */
export async function studyId(
  study: string,
  preset: string,
  runIds: readonly string[],
): Promise<string> {
  return `${study}-${preset}-${await shortHash(canonicalJson(runIds.toSorted()))}`;
}

/** 12 hexadecimal digits of SHA-256. */
export async function shortHash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const digits = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return digits.join("").slice(0, 12);
}

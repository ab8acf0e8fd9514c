/** What lies in a folder of runs, as the lab lists it. Reads, and writes nothing. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../atomic-write.ts";

/** One run: one arm of a study or comparison, with one seed. */
interface ListedRun {
  readonly id: string;
  readonly study: string;
  readonly arm: string;
  readonly seed: number;
  readonly backend: string;
  readonly data: string;
  /** Null while the run goes on, or if it was broken off. */
  readonly outcome: string | null;
  readonly step: number | null;
  readonly steps: number | null;
  readonly accuracy: number | null;
  readonly loss: number | null;
  /** When its events last grew, in milliseconds since 1970. */
  readonly changed: number;
}

/** A study or comparison that came to its end. */
interface ListedStudy {
  readonly id: string;
  readonly study: string;
  readonly title: string;
  readonly preset: string;
  /** `supports`, `contradicts`, `undecided`; null where there is no verdict. */
  readonly verdict: string | null;
  readonly because: string;
  readonly runs: number;
  readonly hasReport: boolean;
  readonly changed: number;
}

export interface RunList {
  readonly folder: string;
  readonly runs: readonly ListedRun[];
  readonly studies: readonly ListedStudy[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Folders that are neither, or cannot be read, are passed over; so is a folder that is not there. */
export async function listRuns(folder: string): Promise<RunList> {
  const ids = await namesIn(folder);
  const found = await Promise.all(ids.map((id) => readEntry(folder, id)));
  const runs = found.flatMap((entry) => (entry !== null && "arm" in entry ? [entry] : []));
  const studies = found.flatMap((entry) => (entry !== null && "verdict" in entry ? [entry] : []));
  const latest = (a: { changed: number }, b: { changed: number }): number => b.changed - a.changed;
  return { folder, runs: runs.toSorted(latest), studies: studies.toSorted(latest) };
}

/** Names that a run store gives: plain ones. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && isRunId(entry.name))
      .map((entry) => entry.name);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

export function isRunId(name: string): boolean {
  return /^[\w.-]+$/.test(name) && !/^\.+$/.test(name);
}

async function readEntry(folder: string, id: string): Promise<ListedRun | ListedStudy | null> {
  const path = join(folder, id);
  const [about, result] = await Promise.all([
    readJson(join(path, "run.json")),
    readJson(join(path, "result.json")),
  ]);
  if (about !== null) return listedRun(id, about, result, await changedAt(path, "events.jsonl"));
  if (result === null) return null;
  const hasReport = (await changedAt(path, "report.html")) > 0;
  return listedStudy(id, result, hasReport, await changedAt(path, "result.json"));
}

function listedRun(id: string, about: Fields, result: Fields | null, changed: number): ListedRun {
  const curve = Array.isArray(result?.["curve"]) ? (result["curve"] as readonly Fields[]) : [];
  const last = curve.at(-1) ?? {};
  return {
    id,
    study: textOf(about["study"]),
    arm: textOf(about["arm"]),
    seed: numberOf(about["seed"]) ?? 0,
    backend: textOf(about["backendDescription"]),
    data: textOf(fieldsOf(about["data"])["name"]),
    outcome: result === null ? null : textOf(result["outcome"]),
    step: numberOf(result?.["step"]),
    steps: numberOf(fieldsOf(about["scale"])["steps"]),
    accuracy: numberOf(last["accuracy"]),
    loss: numberOf(last["loss"]),
    changed,
  };
}

function listedStudy(id: string, result: Fields, hasReport: boolean, changed: number): ListedStudy {
  const verdict = fieldsOf(result["verdict"]);
  return {
    id,
    study: textOf(result["study"]),
    title: textOf(result["title"]),
    preset: textOf(result["preset"]),
    verdict: typeof verdict["outcome"] === "string" ? verdict["outcome"] : null,
    because: textOf(verdict["because"]),
    runs: Array.isArray(result["runs"]) ? result["runs"].length : 0,
    hasReport,
    changed,
  };
}

async function readJson(path: string): Promise<Fields | null> {
  try {
    return fieldsOf(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}

/** 0 if there is no such file. */
async function changedAt(folder: string, file: string): Promise<number> {
  const found = await stat(join(folder, file)).catch(() => null);
  return found === null ? 0 : found.mtimeMs;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

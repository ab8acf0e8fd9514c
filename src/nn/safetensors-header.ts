import { DataError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";

/** One tensor as a safetensors header describes it, checked: the bytes are where it says. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: Shape;
  /** Byte range in the data section. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the data section starts in the file. */
  readonly dataStart: number;
}

type SafetensorsDType = keyof typeof ELEMENT_BYTES;

const ELEMENT_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U32: 4 } as const;

/** The format's own limit on a header, in bytes. */
const MAX_HEADER = 100_000_000;

/**
 * Reads and checks the header of a safetensors file before anything is allocated: lengths within
 * the file, known element types, byte ranges that agree with the shapes, are aligned, and cover
 * the data section without gap or overlap.
 *
 * Errors: DataError naming `where`, the tensor, what was expected and found.
 * Source: github.com/huggingface/safetensors, "Format".
 */
export function readHeader(bytes: Uint8Array, where: string): SafetensorsHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) {
    throw new DataError(`${where}: a safetensors file has at least 8 bytes, got ${bytes.length}`);
  }
  const length = view.getBigUint64(0, true);
  const limit = Math.min(MAX_HEADER, bytes.length - 8);
  if (length > BigInt(limit)) {
    throw new DataError(`${where}: header length must be at most ${limit} bytes, got ${length}`);
  }
  const dataStart = 8 + Number(length);
  const text = decodeText(bytes.subarray(8, dataStart), where);
  const { __metadata__: metadata, ...tensors } = parseObject(text, where);
  const entries = Object.entries(tensors).map(([name, entry]) => readEntry(name, entry, where));
  checkCoverage(entries, bytes.length - dataStart, where);
  return { entries, metadata: readMetadata(metadata, where), dataStart };
}

function decodeText(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new DataError(`${where}: header must be UTF-8`, { cause: error });
  }
}

function parseObject(text: string, where: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError(`${where}: header must be JSON, got ${reason}`, { cause: error });
  }
  if (!isRecord(header)) {
    const found = Array.isArray(header) ? "an array" : String(header);
    throw new DataError(`${where}: header must be a JSON object, got ${found}`);
  }
  const names = new Set<string>();
  for (const name of topLevelNames(text)) {
    if (names.has(name)) {
      throw new DataError(`${where}: names must be distinct, got ${shown(name)} twice`);
    }
    names.add(name);
  }
  return header;
}

/** The keys of a valid JSON object as written; `JSON.parse` keeps only the last of equal ones. */
function topLevelNames(text: string): string[] {
  const names: string[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (character === '"') {
      const start = at++;
      while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
      if (depth === 1 && followedByColon(text, at + 1)) {
        names.push(JSON.parse(text.slice(start, at + 1)) as string);
      }
    }
  }
  return names;
}

function followedByColon(text: string, at: number): boolean {
  while (/\s/.test(text[at] ?? "")) at++;
  return text[at] === ":";
}

function readEntry(name: string, entry: unknown, where: string): TensorEntry {
  const who = `${where}: ${shown(name)}`;
  if (!isRecord(entry)) {
    throw new DataError(`${who} must be a JSON object, got ${shown(entry)}`);
  }
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    const known = Object.keys(ELEMENT_BYTES).join(", ");
    throw new DataError(`${who} dtype must be one of ${known}, got ${shown(dtype)}`);
  }
  if (!isSizes(shape)) {
    throw new DataError(`${who} shape must be an array of sizes, got ${shown(shape)}`);
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw new DataError(`${who} data_offsets must be [begin, end], got ${shown(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = ELEMENT_BYTES[dtype as SafetensorsDType];
  const expected = shape.reduce((size, axis) => size * axis, bytes);
  if (expected !== end - begin) {
    throw new DataError(`${who} needs ${expected} bytes for its shape, got ${end - begin}`);
  }
  if (begin % bytes !== 0) {
    throw new DataError(`${who} must begin at a multiple of ${bytes} bytes, got ${begin}`);
  }
  return { name, dtype: dtype as SafetensorsDType, shape, begin, end };
}

function checkCoverage(entries: readonly TensorEntry[], size: number, where: string): void {
  let covered = 0;
  for (const { name, begin, end } of entries.toSorted(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== covered) {
      const what = begin < covered ? "overlap" : "leave a gap";
      throw new DataError(
        `${where}: tensors must not ${what}, got ${shown(name)} at byte ${begin}, expected ${covered}`,
      );
    }
    covered = end;
  }
  if (covered !== size) {
    throw new DataError(
      `${where}: tensors must fill the data section, got ${covered} of ${size} bytes`,
    );
  }
}

function readMetadata(metadata: unknown, where: string): Record<string, string> {
  if (metadata === undefined) return {};
  if (isRecord(metadata)) {
    const entries = Object.entries(metadata);
    const texts = entries.filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    if (texts.length === entries.length) return Object.fromEntries(texts);
  }
  throw new DataError(`${where}: __metadata__ must map names to strings`);
}

/** What a file says, as far as a message can hold it. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

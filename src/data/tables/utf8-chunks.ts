/** Bytes from anywhere, piece by piece, as UTF-8. */
import { DataError, OptionError } from "../../base/errors.ts";

/** A file's bytes: whole, or as they come. */
export type ByteSource = Uint8Array | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

/** Pieces of a whole file: small enough that progress is seen and nothing large is copied. */
const PIECE = 2 ** 18;

/** The pieces of a source, in order. */
export async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  if (source instanceof Uint8Array) {
    for (let at = 0; at < source.length; at += PIECE) yield source.subarray(at, at + PIECE);
    return;
  }
  if (Symbol.asyncIterator in source) {
    yield* source;
    return;
  }
  // Streams of some browsers cannot be iterated.
  const reader = (source as ReadableStream<Uint8Array>).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    await reader.cancel();
  }
}

/**
 * The same text as UTF-8 without a byte order mark. An encoding that is not given is told from the
 * mark, or from the zeros that UTF-16 has at every other place of a plain text; else it is UTF-8,
 * and its bytes pass unchanged. UTF-8 is checked where a cell is read as text.
 *
 * Errors: OptionError for an encoding that is not known; DataError for bytes that are not of it.
 */
export async function* utf8Chunks(
  chunks: AsyncIterable<Uint8Array>,
  { file, encoding, found }: Utf8Options,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { head, rest } = await withHead(chunks, 4);
  const mark = markOf(head);
  const chosen = encoding === undefined ? mark.encoding : encoding.toLowerCase();
  found(chosen + (encoding === undefined && mark.length > 0 ? ", with a byte order mark" : ""));
  if (chosen === "utf-8" || chosen === "utf8") {
    const skip = mark.encoding === "utf-8" ? mark.length : 0;
    if (head.length > skip) yield head.subarray(skip);
    yield* rest;
    return;
  }
  const decoder = decoderFor(chosen, file);
  const encoder = new TextEncoder();
  let offset = 0;
  const decode = (bytes?: Uint8Array): Uint8Array => {
    try {
      return encoder.encode(bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode());
    } catch (cause) {
      throw new DataError(
        `${file}: must be ${chosen} text, got bytes that are not, at or after offset ${offset}`,
        { cause },
      );
    }
  };
  yield decode(head);
  for await (const chunk of rest) {
    offset += chunk.length;
    yield decode(chunk);
  }
  yield decode();
}

interface Utf8Options {
  readonly file: string;
  /** A name that `TextDecoder` knows, such as `windows-1252`. */
  readonly encoding?: string | undefined;
  /** Is told what the encoding is, before the first piece. */
  readonly found: (encoding: string) => void;
}

function decoderFor(encoding: string, file: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new OptionError(
      `${file}: encoding must be one that TextDecoder knows, such as utf-8, utf-16le or windows-1252, got "${encoding}"`,
    );
  }
}

function markOf([a, b, c, d]: Uint8Array): { readonly encoding: string; readonly length: number } {
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: "utf-8", length: 3 };
  if (a === 0xff && b === 0xfe) return { encoding: "utf-16le", length: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: "utf-16be", length: 2 };
  if (a !== 0 && b === 0 && d === 0) return { encoding: "utf-16le", length: 0 };
  if (a === 0 && b !== 0 && c === 0) return { encoding: "utf-16be", length: 0 };
  return { encoding: "utf-8", length: 0 };
}

/** The first pieces joined until there are `size` bytes, and what comes after them. */
export async function withHead(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): Promise<{ readonly head: Uint8Array; readonly rest: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < size) {
    const next = await iterator.next();
    if (next.done === true) break;
    parts.push(next.value);
    length += next.value.length;
  }
  const head = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    head.set(part, at);
    at += part.length;
  }
  return { head, rest: { [Symbol.asyncIterator]: () => iterator } };
}

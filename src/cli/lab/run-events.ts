/** A run's events as they come, for a browser's `EventSource`. */
import { open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { hasCode } from "../atomic-write.ts";

/** Milliseconds between two looks at a file that may grow. */
const INTERVAL = 500;

/** Bytes read at a time. */
const CHUNK = 1 << 20;

/**
 * Sends every whole line of a file of JSON lines, then those that are added, until a line says
 * that the run is done or the reader leaves. A file that is not there yet is waited for.
 */
export async function sendEvents(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("content-type", "text/event-stream; charset=utf-8");
  response.setHeader("cache-control", "no-store");
  response.flushHeaders();
  const gone = new AbortController();
  request.once("close", () => gone.abort());
  let offset = 0;
  while (!gone.signal.aborted) {
    const { lines, end } = await readLines(path, offset);
    offset = end;
    for (const line of lines) response.write(`data: ${line}\n\n`);
    if (lines.some((line) => line.startsWith('{"type":"done"'))) break;
    if (lines.length === 0) {
      await pause(INTERVAL, undefined, { signal: gone.signal }).catch(() => undefined);
    }
  }
  response.end("event: end\ndata: {}\n\n");
}

const newline = 10;

/** The whole lines from `offset` on, at most a chunk of them, and where they end. */
async function readLines(
  path: string,
  offset: number,
): Promise<{ readonly lines: readonly string[]; readonly end: number }> {
  const file = await open(path, "r").catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  });
  if (file === null) return { lines: [], end: offset };
  try {
    const bytes = new Uint8Array(CHUNK);
    const { bytesRead } = await file.read(bytes, 0, CHUNK, offset);
    const last = bytes.subarray(0, bytesRead).lastIndexOf(newline) + 1;
    // A line longer than a chunk is passed over: no event the page can draw is.
    if (last === 0) return { lines: [], end: bytesRead === CHUNK ? offset + CHUNK : offset };
    const text = new TextDecoder().decode(bytes.subarray(0, last));
    return { lines: text.split("\n").slice(0, -1), end: offset + last };
  } finally {
    await file.close();
  }
}

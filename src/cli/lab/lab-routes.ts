/** What the lab's server answers: a fixed table of routes, and names that are looked up in lists. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { catalog } from "../../data/catalog.ts";
import { cacheLocation, cacheState } from "../data-cache.ts";
import { sendEvents } from "./run-events.ts";
import { isRunId, listRuns, namesIn } from "./run-list.ts";
import { setSecurityHeaders } from "./security-headers.ts";

export interface RouteOptions {
  /** The folder of runs. */
  readonly runs: string;
  /** Of the data sets; defaults to *the cache folder*. */
  readonly cache?: string | undefined;
}

type Exchange = readonly [request: IncomingMessage, response: ServerResponse];

/** Answers a request for data or runs; false if it is for neither, so that the page's files are next. */
export async function answerRoute(
  path: string,
  exchange: Exchange,
  { runs, cache }: RouteOptions,
): Promise<boolean> {
  const [, first, second, third, ...rest] = path.split("/");
  if (rest.length > 0) return false;
  if (first === "api" && second === "data" && third === undefined) {
    await sendJson(exchange, await dataStates(cache));
    return true;
  }
  if (first === "api" && second === "runs" && third === undefined) {
    await sendJson(exchange, await listRuns(runs));
    return true;
  }
  if (second === undefined || third === undefined) return false;
  if (first === "data") return sendData(second, third, exchange, cache);
  if (first === "runs") return sendRun(second, third, exchange, runs);
  return false;
}

async function dataStates(cache: string | undefined): Promise<Readonly<Record<string, boolean>>> {
  const states = Object.values(catalog).map(async (entry): Promise<[string, boolean]> => {
    const { state } = await cacheState(entry, cache);
    return [entry.name, state === "complete"];
  });
  return Object.fromEntries(await Promise.all(states));
}

/** A file of a data set of the catalogue. The page checks its checksum, as every reader does. */
async function sendData(
  name: string,
  file: string,
  exchange: Exchange,
  cache: string | undefined,
): Promise<boolean> {
  const entry = Object.values(catalog).find((known) => known.name === name);
  if (entry === undefined || !Object.hasOwn(entry.files, file)) return false;
  return sendFile(join(cacheLocation(entry, cache), file), "application/octet-stream", exchange);
}

async function sendRun(
  id: string,
  what: string,
  exchange: Exchange,
  runs: string,
): Promise<boolean> {
  if (!isRunId(id) || !(await namesIn(runs)).includes(id)) return false;
  const folder = join(runs, id);
  if (what === "events") {
    const [request, response] = exchange;
    await sendEvents(join(folder, "events.jsonl"), request, response);
    return true;
  }
  if (what !== "report") return false;
  const [, response] = exchange;
  setSecurityHeaders(response, "report");
  return sendFile(join(folder, "report.html"), "text/html; charset=utf-8", exchange);
}

async function sendFile(
  path: string,
  type: string,
  [request, response]: Exchange,
): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) return false;
  response.setHeader("content-type", type);
  response.setHeader("content-length", found.size);
  response.setHeader("cache-control", "no-cache");
  if (request.method === "HEAD") response.end();
  else await pipeline(createReadStream(path), response);
  return true;
}

async function sendJson([, response]: Exchange, value: object): Promise<void> {
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.setHeader("cache-control", "no-store");
  response.end(JSON.stringify(value));
}

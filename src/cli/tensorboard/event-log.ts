/** A run's numbers for TensorBoard, in files beside the run's own events. */
import { open, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../../base/errors.ts";
import type { RunEvent, RunFolder } from "../../experiments/index.ts";
import { scalarRecord, sessionRecord, versionRecord } from "./event-records.ts";

interface EventLog {
  see(event: RunEvent): Promise<void>;
  close(): Promise<void>;
}

/**
 * Writes an event file of this session's own into the run's folder, once there is something to say:
 * one that a killed session left may end in half a record, after which nobody reads on. What the run
 * said before in a folder without such files comes first, all of it at the time it was last written.
 *
 * Errors: DataError naming the file and the system's reason if it cannot be written.
 */
export async function eventLog(folder: RunFolder): Promise<EventLog> {
  const file = join(folder.location, `events.out.tfevents.${Date.now()}.evenkeel.${process.pid}`);
  let handle: FileHandle | null = null;
  const write = async (records: readonly Uint8Array[], time: number): Promise<void> => {
    if (records.length === 0) return;
    const all = handle === null ? [versionRecord(time), ...records] : records;
    handle ??= await attempt(file, () => open(file, "a"));
    const opened = handle;
    // In one call: a reader never sees half of what is written here.
    await attempt(file, () => opened.appendFile(Buffer.concat(all)));
  };
  const names = await folder.list();
  const before = (await folder.readLines("events.jsonl")) as RunEvent[];
  if (before.length > 0 && !names.some((name) => name.includes("tfevents"))) {
    const time = await lastWritten(folder);
    await write(
      before.flatMap((event) => recordsOf(event, time)),
      time,
    );
  }
  return Object.freeze({
    async see(event: RunEvent): Promise<void> {
      const now = Date.now() / 1000;
      await write(recordsOf(event, now), now);
    },
    async close(): Promise<void> {
      await handle?.close();
    },
  });
}

/** Sees to it that a run that was finished before has an event file. */
export async function logFinished(folder: RunFolder): Promise<void> {
  await (await eventLog(folder)).close();
}

/** In seconds since 1970. */
async function lastWritten({ location }: RunFolder): Promise<number> {
  return (await stat(join(location, "events.jsonl"))).mtimeMs / 1000;
}

/** None for events that are not numbers over steps. */
function recordsOf(event: RunEvent, time: number): Uint8Array[] {
  switch (event.type) {
    case "start":
      return [sessionRecord(time, event.step + 1)];
    case "step": {
      const { step, loss, accuracy, penalty } = event;
      return [scalarRecord({ time, step, scalars: tagged("batch", { loss, accuracy, penalty }) })];
    }
    case "epoch": {
      const { step, loss, accuracy } = event;
      return [scalarRecord({ time, step, scalars: tagged("epoch", { loss, accuracy }) })];
    }
    case "evaluation": {
      const { loss, accuracy } = event.result;
      const scalars = tagged(event.split, { loss, accuracy });
      return [scalarRecord({ time, step: event.step, scalars })];
    }
    default:
      return [];
  }
}

function tagged(
  group: string,
  values: Readonly<Record<string, number | null | undefined>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === "number" ? [[`${group}/${name}`, value]] : [],
    ),
  );
}

async function attempt<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${file}: could not be written, got ${reason}`, { cause });
  }
}

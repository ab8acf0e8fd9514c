import { readFileSync } from "node:fs";
import { appendFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import type { RunEvent, RunFolder } from "../../experiments/index.ts";
import { diskRunStore } from "../disk-run-store.ts";
import { crc32c } from "./crc32c.ts";
import { eventLog, logFinished } from "./event-log.ts";
import { scalarRecord, sessionRecord, versionRecord } from "./event-records.ts";

/** By TensorBoard's own writer: see the script beside it. */
interface Fixture {
  readonly time: number;
  readonly version: string;
  readonly session: string;
  readonly scalars: readonly {
    readonly step: number;
    readonly scalars: Readonly<Record<string, string>>;
    readonly bytes: string;
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL("../../../fixtures/tensorboard-events.json", import.meta.url), "utf8"),
) as Fixture;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test.each([
  ["32 zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 times ff", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["0 to 31", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ["31 to 0", Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ["nothing", new Uint8Array(0), 0],
])("crc32c of %s is that of RFC 3720", (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

describe("records", () => {
  const { time } = fixture;

  test("have the bytes that TensorBoard's own writer gives them", () => {
    expect(hex(versionRecord(time))).toBe(fixture.version);
    expect(hex(sessionRecord(time, 21))).toBe(fixture.session);
    expect(fixture.scalars.length).toBe(4);
    for (const { step, scalars, bytes } of fixture.scalars) {
      const values: Record<string, number> = {};
      for (const [tag, text] of Object.entries(scalars)) {
        values[tag] = text === "inf" ? Number.POSITIVE_INFINITY : Number(text);
      }
      const found = scalarRecord({ time, step, scalars: values });
      expect(hex(found)).toBe(bytes);
    }
  });
});

/** What an event file says, one line per event, read by the field numbers of event.proto. */
function linesOf(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    lines.push(lineOf(new BinaryReader(bytes.subarray(at + 12, at + 12 + length))));
    at += length + 16;
  }
  return lines;
}

function lineOf(reader: BinaryReader): string {
  let step = 0;
  const parts: string[] = [];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 2) step = Number(reader.int64());
    else if (field === 3) parts.push(reader.string());
    else if (field === 5) parts.push(...valuesOf(new BinaryReader(reader.bytes())));
    else if (field === 7) parts.push(`session ${hex(reader.bytes())}`);
    else reader.skip(wire);
  }
  return `${step}: ${parts.join(", ")}`;
}

function valuesOf(reader: BinaryReader): string[] {
  const parts: string[] = [];
  while (reader.pos < reader.len) {
    expect(reader.tag()).toEqual([1, WireType.LengthDelimited]);
    const value = new BinaryReader(reader.bytes());
    value.tag();
    const tag = value.string();
    value.tag();
    parts.push(`${tag} ${value.float()}`);
  }
  return parts;
}

const start = (step: number): RunEvent => ({
  type: "start",
  step,
  steps: 4,
  stepsPerEpoch: 2,
  backend: "test",
});
const step = (at: number): RunEvent => ({ type: "step", step: at, loss: at / 4, accuracy: null });
const evaluation = (at: number): RunEvent => ({
  type: "evaluation",
  step: at,
  split: "test",
  result: { loss: 1, accuracy: 0.5, examples: 8, statistics: "running" },
});
const checkpoint: RunEvent = { type: "checkpoint", step: 2 };

describe("eventLog", () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "evenkeel-test-"));
  });
  afterAll(async () => rm(root, { recursive: true }));

  const session = async (folder: RunFolder, events: readonly RunEvent[]): Promise<void> => {
    const log = await eventLog(folder);
    for (const event of events) await log.see(event);
    await log.close();
  };
  const files = async ({ location }: RunFolder): Promise<string[]> => {
    const names = (await readdir(location)).filter((name) => name.includes("tfevents"));
    return names.toSorted().map((name) => join(location, name));
  };

  test("writes a file per session; a resumed one takes back what it does again", async () => {
    const folder = await diskRunStore(root).open("resumed");
    await session(folder, [start(0), step(1), evaluation(2), checkpoint, step(3)]);
    const [first] = await files(folder);
    await appendFile(first!, "half a record");
    await session(folder, [start(2), step(3)]);
    const both = await files(folder);
    expect(both.length).toBe(2);
    expect(linesOf(await readFile(both[1]!))).toEqual([
      "0: brain.Event:2",
      "3: session 0801",
      "3: batch/loss 0.75",
    ]);
    const whole = (await readFile(both[0]!)).subarray(0, -"half a record".length);
    expect(linesOf(whole)).toEqual([
      "0: brain.Event:2",
      "1: session 0801",
      "1: batch/loss 0.25",
      "2: test/loss 1, test/accuracy 0.5",
      "3: batch/loss 0.75",
    ]);
  });

  test("writes once what a run said before there was a log", async () => {
    const folder = await diskRunStore(root).open("before");
    for (const event of [start(0), step(1)]) await folder.appendLine("events.jsonl", event);
    await logFinished(folder);
    await logFinished(folder);
    const [only, ...more] = await files(folder);
    expect(more).toEqual([]);
    const expected = ["0: brain.Event:2", "1: session 0801", "1: batch/loss 0.25"];
    expect(linesOf(await readFile(only!))).toEqual(expected);
  });

  test("leaves no file where there is nothing to say", async () => {
    const folder = await diskRunStore(root).open("nothing");
    await session(folder, [checkpoint]);
    expect(await files(folder)).toEqual([]);
  });
});

/**
 * The records of an event file, as TensorBoard reads them: protocol buffers of type `Event`, each
 * framed with its length and two checksums.
 *
 * Source: github.com/tensorflow/tensorboard, compat/proto/event.proto and summary.proto: the field
 *         numbers below are theirs; tensorflow/core/lib/io/record_writer.h for the frame.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { crc32c } from "./crc32c.ts";

interface EventRecord {
  /** Seconds since 1970. */
  readonly time: number;
  /** Updates done. */
  readonly step: number;
  /** Values by tag, such as `test/loss`. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** What an event file begins with. */
export function versionRecord(time: number): Uint8Array {
  const writer = beginEvent(time, 0);
  return frame(writer.tag(3, WireType.LengthDelimited).string("brain.Event:2").finish());
}

/** A session begins: what earlier ones said of `step` and of later steps no longer holds. */
export function sessionRecord(time: number, step: number): Uint8Array {
  const writer = beginEvent(time, step).tag(7, WireType.LengthDelimited).fork();
  const START = 1;
  return frame(writer.tag(1, WireType.Varint).int32(START).join().finish());
}

export function scalarRecord({ time, step, scalars }: EventRecord): Uint8Array {
  const writer = beginEvent(time, step).tag(5, WireType.LengthDelimited).fork();
  for (const [tag, value] of Object.entries(scalars)) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(tag);
    writer.tag(2, WireType.Bit32).float(value).join();
  }
  return frame(writer.join().finish());
}

function beginEvent(time: number, step: number): BinaryWriter {
  const writer = new BinaryWriter().tag(1, WireType.Bit64).double(time);
  return step === 0 ? writer : writer.tag(2, WireType.Varint).int64(step);
}

/** Length, its checksum, the data, their checksum; little-endian. */
function frame(data: Uint8Array): Uint8Array {
  const HEADER = 12;
  const bytes = new Uint8Array(HEADER + data.length + 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(crc32c(bytes.subarray(0, 8))), true);
  bytes.set(data, HEADER);
  view.setUint32(HEADER + data.length, masked(crc32c(data)), true);
  return bytes;
}

/** The format turns its checksums, lest data that hold some confuse them. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

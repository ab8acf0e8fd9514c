import { decode as decodePng } from "fast-png";
import { decode as decodeJpeg } from "jpeg-js";
import { DataError } from "../../base/errors.ts";

export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
  /** [height, width, channels], row-major, one byte per value. */
  readonly pixels: Uint8Array;
}

/** Pixels of an image: what a small file claims is checked before room is made for it. */
const MOST_PIXELS = 2 ** 24;

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

/**
 * The pixels of a PNG or JPEG. Transparency is dropped, 16 bits become 8, a palette its colours.
 *
 * Errors: DataError naming the file for anything else, a damaged one, or one of more than 2^24 pixels.
 */
export function decodeImage(bytes: Uint8Array, file: string): DecodedImage {
  if (startsWith(bytes, PNG)) return attempt(file, "PNG", () => fromPng(bytes, file));
  if (startsWith(bytes, JPEG)) return attempt(file, "JPEG", () => fromJpeg(bytes));
  const found = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0"));
  throw new DataError(
    `${file}: must be a PNG or JPEG image, got ${bytes.length === 0 ? "an empty file" : `bytes that begin ${found.join(" ")}`}`,
  );
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

function attempt(file: string, format: string, work: () => DecodedImage): DecodedImage {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${file}: must be a whole ${format} image, got ${reason.slice(0, 200)}`, {
      cause,
    });
  }
}

function fromPng(bytes: Uint8Array, file: string): DecodedImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const claimed = bytes.length < 33 ? 0 : view.getUint32(16) * view.getUint32(20);
  if (!(claimed >= 1 && claimed <= MOST_PIXELS)) {
    throw new DataError(`${file}: must have 1 to ${MOST_PIXELS} pixels, got ${claimed}`);
  }
  const {
    width,
    height,
    channels: stored,
    data,
    depth,
    palette,
  } = decodePng(bytes, { checkCrc: true });
  const count = width * height;
  if (depth < 8) {
    throw new DataError(`${file}: must have at least 8 bits per value, got ${depth}; convert it`);
  }
  const level = (at: number): number => (depth === 16 ? data[at]! >> 8 : data[at]!);
  const coloured = palette !== undefined || stored >= 3;
  const channels = coloured ? 3 : 1;
  const pixels = new Uint8Array(count * channels);
  for (let i = 0; i < count; i++) {
    for (let channel = 0; channel < channels; channel++) {
      pixels[i * channels + channel] = palette
        ? palette[data[i]!]![channel]!
        : level(i * stored + channel);
    }
  }
  return { width, height, channels, pixels };
}

function fromJpeg(bytes: Uint8Array): DecodedImage {
  const { width, height, data } = decodeJpeg(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: 512,
  });
  return { width, height, channels: 3, pixels: data };
}

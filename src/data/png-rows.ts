import { decode } from "fast-png";
import { DataError } from "../base/errors.ts";
import { refuse } from "./idx.ts";

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * The pixels of a PNG that holds one image in each of its rows: 8-bit RGB, not interlaced.
 *
 * Shape:  [height, width, 3], row-major, one byte per value.
 * Errors: DataError for bytes that are no PNG, a header of another size or kind (seen before
 *         anything is unpacked), a chunk whose checksum is wrong, and pixels that are missing.
 * Source: W3C, "Portable Network Graphics (PNG) Specification", section 11.2.1.
 */
export function pngRows(
  bytes: Uint8Array,
  file: string,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array {
  checkHeader(bytes, file, width, height);
  let pixels: Uint8Array | Uint16Array | Uint8ClampedArray;
  try {
    pixels = decode(bytes, { checkCrc: true }).data;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${file}: must be a whole PNG file, got ${reason}`, { cause });
  }
  if (!(pixels instanceof Uint8Array) || pixels.length !== width * height * 3) {
    throw new DataError(
      `${file}: must hold ${width * height * 3} bytes of pixels, got ${pixels.length}`,
    );
  }
  return pixels;
}

function checkHeader(bytes: Uint8Array, file: string, width: number, height: number): void {
  const size = 33;
  if (bytes.length < size) {
    refuse(file, bytes.length, `at least the ${size} bytes of a PNG header`, "the end of the file");
  }
  const wrong = signature.findIndex((byte, at) => bytes[at] !== byte);
  if (wrong >= 0) {
    refuse(file, wrong, `${signature[wrong]}, as every PNG file begins`, `${bytes[wrong]}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = `${view.getUint32(16)} x ${view.getUint32(20)}`;
  const wanted = `${width} x ${height}`;
  if (found !== wanted) refuse(file, 16, `a picture of ${wanted}`, found);
  if (bytes[24] !== 8) refuse(file, 24, "8 bits per value", `${bytes[24]}`);
  if (bytes[25] !== 2) refuse(file, 25, "colour type 2 (RGB)", `${bytes[25]}`);
  if (bytes[28] !== 0) refuse(file, 28, "rows in their order (0)", `interlacing ${bytes[28]}`);
}

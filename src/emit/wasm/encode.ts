/** The binary format's own alphabet: LEB128 integers, strings, vectors, sections. */

/** Encoded bytes. */
export type Bytes = readonly number[];

export function unsigned(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 128 : low);
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const done = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
    bytes.push(done ? low : low | 128);
    if (done) return bytes;
  }
}

/** The four bytes of an IEEE single, little-endian; keeps a NaN's sign and the sign of zero. */
export function singleBytes(value: number): Bytes {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

export function integerBytes(value: number): Bytes {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255];
}

/** UTF-8 with its length in bytes. */
export function text(value: string): Bytes {
  const utf8 = [...new TextEncoder().encode(value)];
  return [...unsigned(utf8.length), ...utf8];
}

export function vector(items: readonly Bytes[]): Bytes {
  return [...unsigned(items.length), ...items.flat()];
}

export function section(id: number, content: Bytes): Bytes {
  return [id, ...unsigned(content.length), ...content];
}

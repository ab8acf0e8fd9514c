/** Typed arrays and maps as JSON, for the way into a page and back. */

const arrays = { Float32Array, Int32Array } as const;

export function pack(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Map) return { $: "Map", entries: [...part] };
    if (part instanceof Float32Array || part instanceof Int32Array) {
      const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
      return {
        $: part.constructor.name,
        base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")),
      };
    }
    return part;
  });
}

interface Packed {
  readonly $: "Map" | keyof typeof arrays;
  readonly entries: readonly (readonly [unknown, unknown])[];
  readonly base64: string;
}

export function unpack(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) => {
    if (typeof part !== "object" || part === null || !("$" in part)) return part;
    const { $: kind, entries, base64 } = part as Packed;
    if (kind === "Map") return new Map(entries);
    return new arrays[kind](Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer);
  });
}

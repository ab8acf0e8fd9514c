/** Cells as text: UTF-8, checked. */

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of `bytes[start … end)`, null if it is not UTF-8. */
export function cellText(bytes: Uint8Array, start: number, end: number): string | null {
  let text = "";
  // Short ASCII, which nearly all cells are, is several times as quick without a decoder.
  if (end - start <= 32) {
    let at = start;
    while (at < end && bytes[at]! < 128) text += String.fromCharCode(bytes[at++]!);
    if (at === end) return text;
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return null;
  }
}

/** A text as messages show it: short, and on one line. */
export function shown(text: string): string {
  const line = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  return line;
}

/** C identifiers for what the IR names freely. */
import { preludeNames } from "./prelude.ts";

export interface Names<Key> {
  /** The identifier of `key`; a fresh one, made from `wish`, the first time. */
  of(key: Key, wish: string): string;
}

const keywords =
  "asm auto break case char const continue default do double else enum extern float for goto if " +
  "inline int long register restrict return short signed sizeof static struct switch typedef " +
  "typeof union unsigned void volatile while linux unix i386";

export function makeNames<Key>(): Names<Key> {
  const taken = new Set([...keywords.split(" "), ...preludeNames]);
  const names = new Map<Key, string>();
  return {
    of(key, wish) {
      const known = names.get(key);
      if (known !== undefined) return known;
      const stem = identifier(wish);
      let name = stem;
      for (let serial = 2; taken.has(name); serial++) name = `${stem}_${serial}`;
      taken.add(name);
      names.set(key, name);
      return name;
    },
  };
}

/**
 * Letters, digits and single underscores. A trailing digit or `_f`, `_v` would risk the name of a
 * prelude function or another identifier's suffix, so those get a letter of their own in front.
 */
export function identifier(text: string): string {
  const plain = text.replaceAll(/[^A-Za-z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "");
  return /^[A-Za-z]/.test(plain) && !/_[a-z]+$/.test(plain) ? plain : `n_${plain}`;
}

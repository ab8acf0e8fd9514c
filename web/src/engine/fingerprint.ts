import { type Weights, writeSafetensors } from "evenkeel/nn";

/** Sixteen hexadecimal digits that two sets of weights share only if they are bitwise the same. */
export async function fingerprint(weights: Weights): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", writeSafetensors(weights));
  return Array.from(new Uint8Array(digest, 0, 8), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

import { armStyle } from "./arm-style.ts";
import { markup, trusted, type Html } from "./markup.ts";

/** A short stretch of an arm's line, to stand before its name. */
export function armKey(index: number): Html {
  const { color, dash } = armStyle(index);
  const pattern = dash === "" ? null : markup` stroke-dasharray="${dash}"`;
  return markup`<svg class="key" viewBox="0 0 32 10" aria-hidden="true"><line x1="0" y1="5" x2="32" y2="5" style="stroke: ${trusted(color)}" stroke-width="2.4"${pattern}/></svg>`;
}

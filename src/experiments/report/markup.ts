/** Text that is HTML already; everything else is escaped where it is put in. */
export interface Html {
  readonly html: string;
}

export type HtmlPart = Html | string | number | readonly HtmlPart[] | null;

/**
 * A template tag: markup`<td>${value}</td>` escapes its values, joins lists, drops null, and takes
 * other Html as it is. Attribute values must stand in double quotes. (Its name keeps formatters that
 * know `html` from adding spaces to what is said.)
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return { html: strings.reduce((text, piece, i) => text + render(parts[i - 1] ?? null) + piece) };
}

/** Marks text as HTML. Only for text made by our own drawing code. */
export function trusted(text: string): Html {
  return { html: text };
}

/** A JSON script block: no string in it can close it or open a comment. */
export function jsonScript(id: string, value: unknown): Html {
  const text = JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
  return markup`<script type="application/json" id="${id}">
    ${trusted(text)}
  </script>`;
}

function render(part: HtmlPart): string {
  if (part === null) return "";
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return isList(part) ? part.map(render).join("") : part.html;
}

function isList(part: HtmlPart): part is readonly HtmlPart[] {
  return Array.isArray(part);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

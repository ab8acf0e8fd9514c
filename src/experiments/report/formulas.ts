import katex from "katex";
import { OptionError } from "../../base/errors.ts";
import { markup, trusted, type Html } from "./markup.ts";

/** A formula as LaTeX writes it, and what it says. */
export interface Formula {
  readonly tex: string;
  /** A sentence naming its letters. */
  readonly caption: string;
}

/**
 * A formula as MathML, which browsers set with fonts of their own.
 *
 * Errors: OptionError for LaTeX that is not understood.
 */
export function formulaHtml(tex: string): Html {
  try {
    const text = katex.renderToString(tex, {
      output: "mathml",
      displayMode: true,
      throwOnError: true,
      strict: "error",
      trust: false,
    });
    return trusted(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OptionError(`formula: must be LaTeX that KaTeX knows, got ${tex} (${reason})`, {
      cause,
    });
  }
}

/** The section of a study's formulas; nothing for a study without. */
export function formulaSection(formulas: readonly Formula[]): Html | null {
  if (formulas.length === 0) return null;
  const blocks = formulas.map(
    ({ tex, caption }) =>
      markup`<div class="formula">${formulaHtml(tex)}<p class="note">${caption}</p></div>`,
  );
  return markup`<h2>In formulas</h2>${blocks}`;
}

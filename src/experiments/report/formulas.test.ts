import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { formulaHtml, formulaSection } from "./formulas.ts";

test("a formula becomes MathML without fonts, styles or scripts", () => {
  const { html } = formulaHtml(String.raw`\hat{y} = \frac{y - \mu}{\sqrt{\sigma^2 + \epsilon}}`);
  const { document } = parseHTML(`<html><body>${html}</body></html>`);
  expect(document.querySelectorAll("math mfrac msqrt")).toHaveLength(1);
  expect(document.querySelector("math")?.getAttribute("display")).toBe("block");
  expect(html).not.toMatch(/<style|<script|font-face|src=/);
});

test("its caption is text, and no formulas make no section", () => {
  const section = formulaSection([{ tex: "a < b", caption: "a is <b>small</b>" }]);
  expect(section?.html).toContain("a is &lt;b&gt;small&lt;/b&gt;");
  expect(formulaSection([])).toBeNull();
});

test("LaTeX that is not understood, or leads elsewhere, is refused", () => {
  expect(() => formulaHtml(String.raw`\nosuchcommand{x}`)).toThrow("got \\nosuchcommand{x}");
  expect(() => formulaHtml(String.raw`\frac{1}`)).toThrow("formula: must be LaTeX");
  const led = formulaHtml(String.raw`\href{https://example.org}{x}`).html;
  expect(led).not.toContain("href=");
});

import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { jsonScript, markup, trusted } from "./markup.ts";

const hostile = `</script><script>alert("1")</script><!-- ' & \u2028`;

test("values are escaped in text and in attributes, and come back as they were", () => {
  const page = markup`<p title="${hostile}">${hostile}</p>`.html;
  const { document } = parseHTML(`<!doctype html><html><body>${page}</body></html>`);
  expect(document.querySelectorAll("script")).toHaveLength(0);
  expect(document.querySelector("p")?.textContent).toBe(hostile);
  expect(document.querySelector("p")?.getAttribute("title")).toBe(hostile);
});

test("lists are joined, null is nothing, and HTML is not escaped twice", () => {
  const items = ["a & b", 2].map((item) => markup`<li>${item}</li>`);
  expect(markup`<ul>${items}${null}</ul>`.html).toBe("<ul><li>a &amp; b</li><li>2</li></ul>");
  expect(markup`${trusted("<svg></svg>")}`.html).toBe("<svg></svg>");
});

test("a JSON block holds hostile strings and parses back", () => {
  const block = jsonScript("result", { name: hostile }).html;
  expect(block.match(/<\/script>/g)).toHaveLength(1);
  expect(block).not.toContain("<!--");
  const { document } = parseHTML(`<!doctype html><html><body>${block}</body></html>`);
  expect(JSON.parse(document.querySelector("#result")!.textContent)).toEqual({ name: hostile });
});

import type katexModule from "katex";

type Katex = typeof katexModule;

let loading: Promise<Katex> | null = null;

async function katexLibrary(): Promise<Katex> {
  loading ??= Promise.all([import("katex"), import("katex/dist/katex.min.css")]).then(
    ([library]) => library.default,
  );
  return loading;
}

/** Puts the formula into the element, with MathML for those who do not see it. */
export async function renderFormula(
  element: HTMLElement,
  tex: string,
  block: boolean,
): Promise<void> {
  const katex = await katexLibrary();
  katex.render(tex, element, { displayMode: block, throwOnError: false, output: "htmlAndMathml" });
}

/** How engines say that memory has come to its end. */
const exhausted =
  /out of memory|could not allocate|allocation failed|allocation size overflow|invalid (?:typed )?array length/i;

/** An error as the page shows it; for one of memory, what can be done about it. */
export function failureText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (!exhausted.test(text)) return text;
  return `memory: the training must fit into this tab, got “${text}”. Take smaller batches, smaller layers, fewer arms or fewer examples.`;
}

/** What screen readers are told: starts, ends and errors, not every number. */
const said = $state({ text: "" });

export function announcement(): string {
  return said.text;
}

export function announce(text: string): void {
  // The same words twice in a row would not be read again.
  said.text = said.text === text ? `${text}\u00a0` : text;
}

/** A number as arithmetic shows it: four significant digits, a true minus, tiny values by powers of ten. */
export function plain(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return minus(String(value));
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return minus(String(Number(value.toPrecision(3))));
  return minus(String(Number(value.toPrecision(4))));
}

/** The same, in parentheses when negative: it follows an operator. */
export function signed(value: number): string {
  return value < 0 ? `(${plain(value)})` : plain(value);
}

function minus(text: string): string {
  return text.replaceAll("-", "−");
}

/** Numbers as the chapters print them: a true minus, and "–" for what is no number. */
const minus = (text: string): string => text.replaceAll("-", "−");

export function fixed(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
  const text = value.toFixed(digits);
  // A negative zero says nothing.
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

export function percent(share: number, digits = 0): string {
  return Number.isFinite(share) ? `${fixed(100 * share, digits)} %` : "–";
}

/** Very small and very large ones by powers of ten: `3.2 · 10⁻¹⁴`. */
export function scientific(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return fixed(value, 0);
  const [digits = "", power = ""] = value.toExponential(1).split("e");
  return `${minus(digits)} · 10${superscript(Number(power))}`;
}

function superscript(power: number): string {
  const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  return String(power)
    .replace("-", "⁻")
    .replaceAll(/\d/g, (digit) => raised[Number(digit)]!);
}

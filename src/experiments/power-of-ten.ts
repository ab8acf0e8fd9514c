/** `2.5·10⁻⁷`: digits after the point, and the power with raised digits. */
export function powerOfTen(value: number, digits: number): string {
  const [head = "", power = ""] = value.toExponential(digits).split("e");
  const raised = String(Number(power)).replace(/./g, (sign) => RAISED[sign] ?? sign);
  return `${head.replace("-", "−")}·10${raised}`;
}

const RAISED: Readonly<Record<string, string>> = {
  "-": "⁻",
  0: "⁰",
  1: "¹",
  2: "²",
  3: "³",
  4: "⁴",
  5: "⁵",
  6: "⁶",
  7: "⁷",
  8: "⁸",
  9: "⁹",
};

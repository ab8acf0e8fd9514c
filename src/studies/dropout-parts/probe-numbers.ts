import type { RunRecord } from "../../experiments/index.ts";

/** The last observation's numbers under that name; [] without one. */
export function lastNumbers(
  { probes }: Pick<RunRecord, "probes">,
  probe: string,
  name: string,
): readonly number[] {
  const last = probes[probe]?.values[name]?.at(-1);
  if (last === undefined) return [];
  return typeof last === "number" ? [last] : last;
}

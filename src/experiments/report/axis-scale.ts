/** Where numbers go on a panel's axis, before anything is drawn. */
import type { PanelAxis } from "./panel-layout.ts";

/** Share of a linear axis left empty on each side when its domain is made from the data. */
const ROOM = 0.05;

/** Can the axis show this number at all? */
export function canShow(value: number | null, { scale }: Pick<PanelAxis, "scale">): boolean {
  return value !== null && Number.isFinite(value) && (scale !== "log" || value > 0);
}

/** The axis's own domain, or one that holds every value it can show; never empty. */
export function axisDomain(
  axis: PanelAxis,
  values: readonly (number | null)[],
): readonly [number, number] {
  if (axis.domain !== undefined) return axis.domain;
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || !canShow(value, axis)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return axis.scale === "log" ? [1, 10] : [0, 1];
  if (axis.scale === "log") {
    const room = Math.max((high / low) ** ROOM, 1.02);
    return [low / room, high * room];
  }
  const room = high > low ? (high - low) * ROOM : Math.abs(low) * ROOM || 1;
  // An axis of numbers that are all ≥ 0 does not go below 0.
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

/** Position of `value` as a share of the domain: 0 at its first end, 1 at its second. */
export function shareAlong(
  value: number,
  [first, last]: readonly [number, number],
  scale: PanelAxis["scale"],
): number {
  const place = scale === "log" ? Math.log : (x: number): number => x;
  return (place(value) - place(first)) / (place(last) - place(first));
}

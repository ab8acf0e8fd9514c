/**
 * Moves label positions apart until neighbours are `gap` from each other, within [low, high], and
 * changes none that has room. Positions come back in the order they were given.
 */
export function spreadLabels(
  positions: readonly number[],
  { gap, low, high }: { readonly gap: number; readonly low: number; readonly high: number },
): number[] {
  const order = positions.map((_, i) => i).toSorted((a, b) => positions[a]! - positions[b]!);
  const placed = [...positions];
  // Neighbours that overlap share the room around their middle; what that pushes together goes on.
  for (let pass = 0; pass < positions.length; pass++) {
    for (let k = 1; k < order.length; k++) {
      const [upper, lower] = [order[k - 1]!, order[k]!];
      const missing = gap - (placed[lower]! - placed[upper]!);
      if (missing <= 0) continue;
      placed[upper]! -= missing / 2;
      placed[lower]! += missing / 2;
    }
  }
  for (const i of order) placed[i] = Math.max(low, placed[i]!);
  for (let k = 1; k < order.length; k++) {
    placed[order[k]!] = Math.max(placed[order[k]!]!, placed[order[k - 1]!]! + gap);
  }
  const overflow = Math.max(0, ...placed.map((position) => position - high));
  return placed.map((position) => position - overflow);
}

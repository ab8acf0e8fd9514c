/**
 * Solves a small system of linear equations by elimination with row exchanges.
 *
 * Shape:  matrix [d, d], right side [d] → solution [d]; zeros where the matrix leaves it open.
 */
export function solve(
  matrix: readonly (readonly number[])[],
  rightSide: readonly number[],
): number[] {
  const size = rightSide.length;
  const rows = matrix.map((row, i) => [...row, rightSide[i]!]);
  const scale = Math.max(...rows.flat().map(Math.abs), Number.MIN_VALUE);
  for (let column = 0; column < size; column++) {
    const pivot = largestBelow(rows, column);
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const row = rows[column]!;
    if (Math.abs(row[column]!) <= scale * Number.EPSILON) continue;
    for (const [i, other] of rows.entries()) {
      if (i === column) continue;
      const factor = other[column]! / row[column]!;
      for (let k = column; k <= size; k++) other[k]! -= factor * row[k]!;
    }
  }
  return rows.map((row, i) =>
    Math.abs(row[i]!) <= scale * Number.EPSILON ? 0 : row[size]! / row[i]!,
  );
}

function largestBelow(rows: readonly (readonly number[])[], column: number): number {
  let best = column;
  for (let i = column + 1; i < rows.length; i++) {
    if (Math.abs(rows[i]![column]!) > Math.abs(rows[best]![column]!)) best = i;
  }
  return best;
}

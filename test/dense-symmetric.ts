/** Eigenvalues of a small dense symmetric matrix, ascending, by Jacobi's rotations: slow and sure. */
export function eigenvalues(matrix: readonly (readonly number[])[]): number[] {
  const a = matrix.map((row) => [...row]);
  const size = a.length;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let i = 0; i < size; i++) {
      for (let j = i + 1; j < size; j++) {
        off += a[i]![j]! ** 2;
        rotate(a, i, j);
      }
    }
    if (off < 1e-24) break;
  }
  return a.map((row, i) => row[i]!).toSorted((x, y) => x - y);
}

function rotate(a: number[][], i: number, j: number): void {
  const between = a[i]![j]!;
  if (between === 0) return;
  const angle = 0.5 * Math.atan2(2 * between, a[j]![j]! - a[i]![i]!);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (const row of a) {
    const [x, y] = [row[i]!, row[j]!];
    row[i] = cos * x - sin * y;
    row[j] = sin * x + cos * y;
  }
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[i]![k]!, a[j]![k]!];
    a[i]![k] = cos * x - sin * y;
    a[j]![k] = sin * x + cos * y;
  }
}

/**
 * How a matrix product is cut into register tiles of `rows` × `vectors`, all of whose sums stay in
 * registers while the inner loop runs over k.
 *
 * The sizes are measured ones (128-bit vectors, 15 usable registers): nine sums need as many
 * multiply-adds in flight as the machine has latency × ports; more sums spill. A single vector per
 * row is slow, so columns are cut into threes and twos wherever there are at least two.
 */

export interface Tile {
  readonly rows: number;
  readonly vectors: number;
}

/** Rows per tile, by vectors per tile. */
const ROWS: Readonly<Record<number, number>> = { 1: 8, 2: 4, 3: 3 };

/** Widest tile, in vectors. */
const WIDEST = 3;

/** `repeat` equal blocks from `from` on, each of `size`. */
export interface Blocks {
  readonly from: number;
  readonly repeat: number;
  readonly size: number;
}

export interface ColumnBlocks extends Blocks {
  /** Vectors per block: size / lanes, rounded up. */
  readonly vectors: number;
  /** Lanes in use of the last vector. */
  readonly lastCount: number;
}

/** Cuts `count` rows into blocks of `rows`, without leaving a lone row behind where it can. */
export function rowBlocks(count: number, vectors: number): Blocks[] {
  const rows = ROWS[vectors]!;
  const whole = Math.floor(count / rows);
  const rest = count % rows;
  if (rest === 0) return [{ from: 0, repeat: whole, size: rows }];
  if (whole === 0) return [{ from: 0, repeat: 1, size: rest }];
  if (rest * 2 >= rows) {
    const from = whole * rows;
    return [
      { from: 0, repeat: whole, size: rows },
      { from, repeat: 1, size: rest },
    ];
  }
  const from = (whole - 1) * rows;
  const first = Math.ceil((rows + rest) / 2);
  return [
    { from: 0, repeat: whole - 1, size: rows },
    { from, repeat: 1, size: first },
    { from: from + first, repeat: 1, size: rows + rest - first },
  ].filter(({ repeat }) => repeat > 0);
}

/** Cuts `columns` into blocks of three vectors, then twos; a part of a vector ends a block of its own. */
export function columnBlocks(columns: number, lanes: number): ColumnBlocks[] {
  const vectors = Math.ceil(columns / lanes);
  const twos = vectors === 1 ? 0 : [0, 2, 1][vectors % WIDEST]!;
  const threes = vectors === 1 ? 0 : (vectors - 2 * twos) / WIDEST;
  const sizes = vectors === 1 ? [1] : [...Array<number>(threes).fill(3), ...Array<number>(twos).fill(2)];
  const blocks: ColumnBlocks[] = [];
  let from = 0;
  sizes.forEach((width, i) => {
    const size = Math.min(width * lanes, columns - from);
    const lastCount = size - (width - 1) * lanes;
    const last = blocks[blocks.length - 1];
    const alike = last !== undefined && last.size === size && last.vectors === width;
    if (alike) blocks[blocks.length - 1] = { ...last, repeat: last.repeat + 1 };
    else blocks.push({ from, repeat: 1, size, vectors: width, lastCount });
    from += sizes[i]! * lanes;
  });
  return blocks;
}

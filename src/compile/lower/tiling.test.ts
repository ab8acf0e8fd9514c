import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  columnBlocks,
  fewRegisters,
  fewRegistersUnfused,
  manyRegisters,
  rowBlocks,
  sixteenRegisters,
} from "./tiling.ts";

const tilings = { fewRegisters, fewRegistersUnfused, sixteenRegisters, manyRegisters };

describe.each(Object.entries(tilings))("%s", (_, tiling) => {
  test("rows are cut without gaps, into tiles that the registers allow", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: tiling.rows.length }),
        (count, vectors) => {
          const blocks = rowBlocks(count, vectors, tiling);
          let next = 0;
          for (const { from, repeat, size } of blocks) {
            expect(from).toBe(next);
            expect(size).toBeLessThanOrEqual(tiling.rows[vectors - 1]!);
            expect(Math.min(size, repeat)).toBeGreaterThan(0);
            next += repeat * size;
          }
          expect(next).toBe(count);
        },
      ),
    );
  });

  test("columns are cut without gaps, into as few blocks as can be, the last vector partly full", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.constantFrom(4, 8, 16),
        (columns, lanes) => {
          const blocks = columnBlocks(columns, lanes, tiling);
          let next = 0;
          for (const { from, repeat, size, vectors, lastCount } of blocks) {
            expect(from).toBe(next);
            expect(size).toBe((vectors - 1) * lanes + lastCount);
            expect(lastCount).toBeGreaterThan(0);
            expect(lastCount).toBeLessThanOrEqual(lanes);
            next += repeat * size;
          }
          expect(next).toBe(columns);
          const count = blocks.reduce((sum, { repeat }) => sum + repeat, 0);
          expect(count).toBe(Math.ceil(columns / lanes / tiling.rows.length));
        },
      ),
    );
  });
});

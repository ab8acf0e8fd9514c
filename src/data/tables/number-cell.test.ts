import fc from "fast-check";
import { expect, test } from "vitest";
import { numberOf, plainNumber } from "./number-cell.ts";

const decimal = fc
  .tuple(fc.constantFrom("", "-", "+"), fc.integer({ min: 0, max: 9_999_999 }), fc.nat(9_999_999))
  .map(([sign, whole, fraction]) => `${sign}${whole}.${fraction}`);

test("a plain number is rounded as Number rounds it", () => {
  fc.assert(
    fc.property(decimal, (text) => {
      const cursor = { at: 0 };
      const bytes = new TextEncoder().encode(`${text}\n`);
      expect(plainNumber(bytes, cursor, 46)).toBe(Number(text));
      expect(cursor.at).toBe(text.length);
    }),
  );
});

test("what needs more care is left to others", () => {
  for (const text of ["", "-", ".", "x", "0.1234567890123456", "1234567890123456"]) {
    const bytes = new TextEncoder().encode(`${text}\n`);
    expect(plainNumber(bytes, { at: 0 }, 46)).toBeNaN();
  }
});

test("texts say numbers or none", () => {
  const point = { decimal: ".", thousands: null } as const;
  const grouped = { decimal: ",", thousands: "." } as const;
  expect(["1e3", "-.5", "7.", "0.1234567890123456"].map((each) => numberOf(each, point))).toEqual([
    1000, -0.5, 7, 0.1234567890123456,
  ]);
  const wrong = ["", "0x10", "1e999", "Infinity", "1,5", "1 2", "--1", "1e", "٣"];
  expect(wrong.map((each) => numberOf(each, point))).toEqual(wrong.map(() => null));
  expect(["1.234,5", "-1.234.567", "12,5"].map((each) => numberOf(each, grouped))).toEqual([
    1234.5, -1234567, 12.5,
  ]);
  expect(["1.23,5", "1234.567", "1.2345"].map((each) => numberOf(each, grouped))).toEqual([
    null,
    null,
    null,
  ]);
});

/**
 * What each kernel operation does to one lane. f32 results come back as exact or once-rounded
 * doubles: whoever stores them in a Float32Array rounds them to f32, which for +, −, ·, / and √
 * gives the correctly rounded f32 (53 ≥ 2 · 24 + 2 bits). i32 results wrap when stored likewise.
 */
import type { BinaryOp, ShiftOp, UnaryOp } from "./ir.ts";

type UnaryScalar = (x: number) => number;
type BinaryScalar = (left: number, right: number) => number;

export const unaryScalars: Readonly<
  Record<Exclude<UnaryOp, "i32.bits" | "f32.bits">, UnaryScalar>
> = {
  "f32.neg": (x) => -x,
  "f32.abs": Math.abs,
  "f32.sqrt": Math.sqrt,
  "f32.floor": Math.floor,
  "f32.nearest": nearest,
  "i32.from-f32": (x) => (x >= 2 ** 31 ? 2 ** 31 - 1 : x < -(2 ** 31) ? -(2 ** 31) : x),
  "f32.from-i32": (x) => x,
  "f32.from-u32": (x) => x >>> 0,
  "mask.not": (x) => 1 - x,
  "i32.from-mask": (x) => x,
  "f32.from-mask": (x) => x,
};

export const binaryScalars: Readonly<Record<BinaryOp, BinaryScalar>> = {
  "f32.add": (left, right) => left + right,
  "f32.sub": (left, right) => left - right,
  "f32.mul": (left, right) => left * right,
  "f32.div": (left, right) => left / right,
  "f32.min": Math.min,
  "f32.max": Math.max,
  "f32.pmin": (left, right) => (right < left ? right : left),
  "f32.pmax": (left, right) => (left < right ? right : left),
  "f32.lt": (left, right) => Number(left < right),
  "f32.le": (left, right) => Number(left <= right),
  "f32.eq": (left, right) => Number(left === right),
  "i32.add": (left, right) => left + right,
  "i32.sub": (left, right) => left - right,
  "i32.mul": Math.imul,
  "i32.and": (left, right) => left & right,
  "i32.or": (left, right) => left | right,
  "i32.xor": (left, right) => left ^ right,
  "i32.min-s": Math.min,
  "i32.max-s": Math.max,
  "i32.lt-s": (left, right) => Number(left < right),
  "i32.le-s": (left, right) => Number(left <= right),
  "i32.lt-u": (left, right) => Number(left >>> 0 < right >>> 0),
  "i32.le-u": (left, right) => Number(left >>> 0 <= right >>> 0),
  "i32.eq": (left, right) => Number(left === right),
  "mask.and": (left, right) => left & right,
  "mask.or": (left, right) => left | right,
};

export function shiftScalars(op: ShiftOp, bits: number): UnaryScalar {
  switch (op) {
    case "i32.shl":
      return (x) => x << bits;
    case "i32.shr-u":
      return (x) => x >>> bits;
    case "i32.shr-s":
      return (x) => x >> bits;
  }
}

/** Adding 1.5 · 2⁵² leaves no bits for the fraction, and the adder rounds ties to even. */
function nearest(x: number): number {
  if (!(Math.abs(x) < 2 ** 23)) return x;
  const rounded = x + 1.5 * 2 ** 52 - 1.5 * 2 ** 52;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
const lowWord = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;

/**
 * left · right + addend such that rounding the result to f32 is the one rounding of the exact value.
 *
 * The product of two f32 is exact in f64. The sum is rounded "to odd": where it is inexact, to the
 * neighbour with an odd last bit, from which the second rounding to f32 cannot go astray.
 * Source: Boldo & Melquiond 2008, "Emulation of FMA and correctly rounded sums", section III.
 */
export function fusedMultiplyAdd(left: number, right: number, addend: number): number {
  const product = left * right;
  const sum = product + addend;
  const back = sum - product;
  const error = product - (sum - back) + (addend - back);
  // An infinite sum has no error worth the name.
  if (error === 0 || Number.isNaN(error)) return sum;
  double[0] = sum;
  const low = words[lowWord]!;
  if ((low & 1) === 1) return sum;
  const away = error > 0 === sum > 0;
  if (!away && low === 0) words[1 - lowWord]! -= 1;
  words[lowWord] = away ? low + 1 : low - 1;
  return double[0];
}

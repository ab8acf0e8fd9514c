/** The loops of a group: over its kept axes, and inside them over its reduced ones. */
import { addIndex, constantIndex, type KernelBuilder } from "../../loops/builder.ts";
import type { Index } from "../../loops/ir.ts";
import type { Axis } from "./axes.ts";
import type { Place } from "./evaluate.ts";
import { rangeOf, type Share } from "./share.ts";

/**
 * Longest run of additions into one accumulator. A longer sum is a sum of partial sums, so its
 * rounding error grows with the square root of the length instead of the length.
 */
const LONGEST_SUM = 256;

/** In elements: shares of a vector axis are cut between lines, so that no two threads write to one. */
const CACHE_LINE = 16;

type Body = (place: Place) => void;

/** This share of the places of the kept axes; in vectors along the last axis if that is kept. */
export function overKept(
  k: KernelBuilder,
  axes: readonly Axis[],
  lanes: number,
  share: Share,
  body: Body,
): void {
  const start: Place = { at: axes.map(() => constantIndex(0)), lanes: 1, count: 1 };
  const [first, ...rest] = axes.flatMap(({ reduced }, axis) => (reduced ? [] : [axis]));
  if (first === undefined) {
    body(start);
    return;
  }
  const { size } = axes[first]!;
  if (first === axes.length - 1) {
    const { from, to } = rangeOf(size, Math.max(lanes, CACHE_LINE), share);
    vectors(k, first, to - from, lanes, start, body, constantIndex(from));
    return;
  }
  const { from, to } = rangeOf(size, 1, share);
  k.loop("i", from, to, 1, (at) => {
    loops(k, axes, lanes, rest, moved(start, first, at), body);
  });
}

/**
 * Every element of the reduced axes at a place of the kept ones; in vectors along the last axis if
 * that is reduced. Long sums come in parts: `around` is called for each, with `isPart` true, and
 * can keep partial sums between its own start and end.
 */
export function overReduced(
  k: KernelBuilder,
  axes: readonly Axis[],
  lanes: number,
  place: Place,
  around: (isPart: boolean, over: (body: Body) => void) => void,
): void {
  const reduced = axes.flatMap((axis, at) => (axis.reduced ? [at] : []));
  const step = (axis: number): number => (axis === axes.length - 1 ? lanes : 1);
  const total = reduced.reduce((product, axis) => product * (axes[axis]!.size / step(axis)), 1);
  const [first, ...rest] = reduced;
  if (first === undefined || total <= LONGEST_SUM) {
    around(false, (body) => loops(k, axes, lanes, reduced, place, body));
  } else if (rest.length > 0) {
    k.loop("r", 0, axes[first]!.size, 1, (at) => {
      around(true, (body) => loops(k, axes, lanes, rest, moved(place, first, at), body));
    });
  } else {
    stretches(k, first, axes[first]!.size, step(first), place, around);
  }
}

/** Loops over some axes, outermost first, in vectors along the last axis of all. */
function loops(
  k: KernelBuilder,
  axes: readonly Axis[],
  lanes: number,
  [axis, ...rest]: readonly number[],
  place: Place,
  body: Body,
): void {
  if (axis === undefined) {
    body(place);
  } else if (axis === axes.length - 1) {
    vectors(k, axis, axes[axis]!.size, lanes, place, body);
  } else {
    k.loop("i", 0, axes[axis]!.size, 1, (at) => {
      loops(k, axes, lanes, rest, moved(place, axis, at), body);
    });
  }
}

/** Loops along one axis in vectors; the last one may be partly filled. */
function vectors(
  k: KernelBuilder,
  axis: number,
  size: number,
  lanes: number,
  place: Place,
  body: Body,
  start: Index = constantIndex(0),
): void {
  const whole = size - (size % lanes);
  const at = (offset: Index): Place => moved(place, axis, addIndex(start, offset));
  k.loop("c", 0, whole, lanes, (offset) => body({ ...at(offset), lanes, count: lanes }));
  if (whole < size) body({ ...at(constantIndex(whole)), lanes, count: size - whole });
}

/** One long axis, in stretches of LONGEST_SUM steps and a rest. */
function stretches(
  k: KernelBuilder,
  axis: number,
  size: number,
  step: number,
  place: Place,
  around: (isPart: boolean, over: (body: Body) => void) => void,
): void {
  const length = LONGEST_SUM * step;
  const whole = size - (size % length);
  const within =
    (start: Index, extent: number) =>
    (body: Body): void => {
      if (step > 1) {
        vectors(k, axis, extent, step, place, body, start);
        return;
      }
      k.loop("r", 0, extent, 1, (at) => body(moved(place, axis, addIndex(start, at))));
    };
  k.loop("s", 0, whole, length, (start) => around(true, within(start, length)));
  if (whole < size) around(true, within(constantIndex(whole), size - whole));
}

function moved(place: Place, axis: number, at: Index): Place {
  return { ...place, at: place.at.map((coordinate, i) => (i === axis ? at : coordinate)) };
}

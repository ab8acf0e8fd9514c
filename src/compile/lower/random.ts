/** `randomBits` of base/random.ts in lane arithmetic: the same bits on every backend. */
import type { KernelBuilder } from "../../loops/builder.ts";
import { binary, i32, shift } from "../../loops/builder.ts";
import { typeOf, type Expr } from "../../loops/ir.ts";
import { RANDOM_MULTIPLIERS } from "../../base/random.ts";

/** 32 bits per lane for the indices `index`, under the key words (already in all lanes). */
export function randomLanes(k: KernelBuilder, index: Expr, key0: Expr, key1: Expr): Expr {
  const { lanes } = typeOf(index);
  const xor = (a: Expr, b: Expr): Expr => binary("i32.xor", a, b);
  const foldDown = (x: Expr, bits: number): Expr => xor(x, shift("i32.shr-u", x, bits));
  const [first, second] = RANDOM_MULTIPLIERS;
  const a = k.let(xor(index, key0), "mix");
  const b = k.let(binary("i32.mul", foldDown(a, 16), i32(first, lanes)), "mix");
  const c = k.let(xor(b, key1), "mix");
  const d = k.let(binary("i32.mul", foldDown(c, 15), i32(second, lanes)), "mix");
  return foldDown(d, 16);
}

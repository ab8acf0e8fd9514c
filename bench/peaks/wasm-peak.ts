/**
 * The machine's f32 multiply-add peak inside WebAssembly, one thread: twelve independent
 * 128-bit accumulators, once with relaxed-SIMD FMA and once as multiply, then add.
 * Run as a program, it prints `{ "fma": GFLOP/s or null, "noFma": GFLOP/s }`.
 */
export interface WasmPeak {
  /** Null where the engine has no relaxed SIMD. */
  readonly fma: number | null;
  readonly noFma: number;
}

const ACCUMULATORS = 12;
/** Copies of the twelve per turn of the loop, so that the loop's own counting does not show. */
const UNROLL = 8;
const LANES = 4;
const TURNS_PER_CALL = 1000;

const I32 = 0x7f;
const V128 = 0x7b;
const F32 = 0x7d;
const SIMD = 0xfd;

/** Unsigned LEB128. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

const section = (id: number, body: readonly number[]): number[] => [
  id,
  ...leb(body.length),
  ...body,
];
const get = (local: number): number[] => [0x20, ...leb(local)];
const set = (local: number): number[] => [0x21, ...leb(local)];
const splat = (value: number): number[] => [
  0x43,
  ...new Uint8Array(new Float32Array([value]).buffer),
  SIMD,
  ...leb(0x13),
];

/**
 * (func (export "run") (param $turns i32) (result f32)): locals 1 and 2 are the factors, the
 * accumulators follow. With FMA: acc = a * b + acc, as in a matrix product. Without: acc = acc * a
 * + b, because the product of two constants could be taken out of the loop.
 */
function peakModule(fma: boolean): Uint8Array<ArrayBuffer> {
  const accumulators = Array.from({ length: ACCUMULATORS }, (_, i) => 3 + i);
  const once = accumulators.flatMap((acc) =>
    fma
      ? [...get(1), ...get(2), ...get(acc), SIMD, ...leb(0x105), ...set(acc)]
      : [...get(acc), ...get(1), SIMD, ...leb(0xe6), ...get(2), SIMD, ...leb(0xe4), ...set(acc)],
  );
  const sum = accumulators.slice(1).flatMap((acc) => get(acc).concat(SIMD, leb(0xe4)));
  const body = [
    [1, ...leb(2 + ACCUMULATORS), V128],
    splat(0.999).concat(set(1), splat(0.001), set(2)),
    accumulators.flatMap((acc) => splat(acc / 16).concat(set(acc))),
    [0x03, 0x40],
    Array.from({ length: UNROLL }, () => once).flat(),
    // turns = turns - 1; again while it is not zero
    get(0).concat(0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b),
    // Every accumulator is used, or the engine could leave its work out.
    get(accumulators[0]!).concat(sum),
    [SIMD, ...leb(0x1f), 0, 0x0b],
  ].flat();
  return Uint8Array.from(
    [
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      section(1, [1, 0x60, 1, I32, 1, F32]),
      section(3, [1, 0]),
      section(7, [1, 3, ...new TextEncoder().encode("run"), 0, 0]),
      section(10, [1, ...leb(body.length), ...body]),
    ].flat(),
  );
}

/** GFLOP/s: the median over ten stretches of ten milliseconds, after as much warm-up. */
function measure(fma: boolean): number | null {
  const bytes = peakModule(fma);
  if (!WebAssembly.validate(bytes)) {
    if (fma) return null;
    throw new Error("wasm-peak: the module without FMA is not valid here");
  }
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const run = exports["run"] as (turns: number) => number;
  const stretch = (milliseconds: number): number => {
    const start = performance.now();
    let calls = 0;
    let elapsed = 0;
    while (elapsed < milliseconds) {
      run(TURNS_PER_CALL);
      calls++;
      elapsed = performance.now() - start;
    }
    return (calls * TURNS_PER_CALL * UNROLL * ACCUMULATORS * LANES * 2) / elapsed / 1e6;
  };
  stretch(100);
  const rates = Array.from({ length: 10 }, () => stretch(10));
  return rates.toSorted((a, b) => a - b)[5]!;
}

process.stdout.write(
  `${JSON.stringify({ fma: measure(true), noFma: measure(false)! } satisfies WasmPeak)}\n`,
);

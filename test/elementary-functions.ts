/** Runs the elementary functions as emitted WebAssembly and measures their error in f32 ulp. */
import { emitModule } from "../src/emit/wasm/module.ts";
import { kernelBuilder, load, type KernelBuilder } from "../src/loops/builder.ts";
import type { Buffer, Expr, Kernel } from "../src/loops/ir.ts";
import { verifyKernel } from "../src/loops/verify.ts";
import { expLanes } from "../src/compile/math/exp.ts";
import { logLanes } from "../src/compile/math/log.ts";
import { rsqrtLanes } from "../src/compile/math/rsqrt.ts";
import { sigmoidLanes } from "../src/compile/math/sigmoid.ts";
import { tanhLanes } from "../src/compile/math/tanh.ts";

export interface ElementaryFunction {
  readonly name: string;
  readonly lanes: (k: KernelBuilder, x: Expr) => Expr;
  readonly reference: (x: number) => number;
  /** Whether what would be subnormal must be exactly 0. */
  readonly flushes: boolean;
  /** Largest error allowed, in ulp of the exact result; what was found over all floats, rounded up. */
  readonly bound: number;
}

export const elementaryFunctions: readonly ElementaryFunction[] = [
  { name: "exp", lanes: expLanes, reference: Math.exp, flushes: true, bound: 1.83 },
  { name: "log", lanes: logLanes, reference: Math.log, flushes: false, bound: 1.07 },
  { name: "tanh", lanes: tanhLanes, reference: Math.tanh, flushes: false, bound: 2.54 },
  {
    name: "sigmoid",
    lanes: sigmoidLanes,
    reference: (x) => 1 / (1 + Math.exp(-x)),
    flushes: true,
    bound: 2.56,
  },
  {
    name: "rsqrt",
    lanes: rsqrtLanes,
    reference: (x) => 1 / Math.sqrt(x),
    flushes: false,
    bound: 1.5,
  },
];

/** Floats evaluated by one call. */
export const blockLength: number = 2 ** 16;

export interface Block {
  readonly x: Buffer;
  readonly y: Buffer;
  readonly kernel: Kernel;
}

/** A kernel that maps a block of `length` floats, `lanes` at a time. */
export function blockKernel(
  { name, lanes: build }: ElementaryFunction,
  lanes: number,
  length: number = blockLength,
): Block {
  const x = { name: "x", length };
  const y = { name: "y", length };
  const k = kernelBuilder(name);
  k.loop("i", 0, length, lanes, (i) => {
    k.store(y, i, build(k, k.let(load(x, i, { lanes }), "x")));
  });
  const kernel = k.finish();
  verifyKernel(kernel);
  return { x, y, kernel };
}

export interface Evaluator {
  /** Fill it, then `run`. */
  readonly input: Float32Array;
  readonly output: Float32Array;
  readonly run: () => void;
}

export function wasmEvaluator(
  subject: ElementaryFunction,
  relaxedFma: boolean,
  lanes = 4,
): Evaluator {
  const { x, kernel } = blockKernel(subject, lanes);
  const bytes = blockLength * 4;
  const memory = new WebAssembly.Memory({ initial: (2 * bytes) / 65536 });
  const module = new WebAssembly.Module(
    emitModule([kernel], {
      addressOf: (buffer) => (buffer === x ? 0 : bytes),
      relaxedFma,
      memory: { minimum: (2 * bytes) / 65536, shared: false },
    }),
  );
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return {
    input: new Float32Array(memory.buffer, 0, blockLength),
    output: new Float32Array(memory.buffer, bytes, blockLength),
    run: instance.exports["run"] as () => void,
  };
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
const highWord = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
const overflow = (2 - 2 ** -24) * 2 ** 127;
const smallestNormal = 2 ** -126;

/**
 * |y − exact| in f32 ulp of the exact value; Infinity where a special value is required and missed:
 * NaN, ±Inf, the sign of a zero, or 0 in place of a subnormal.
 */
export function ulpError(y: number, exact: number, flushes: boolean): number {
  const size = Math.abs(exact);
  if (size > 0 && size < overflow && !(flushes && size < smallestNormal)) {
    double[0] = exact;
    const exponent = Math.max(-126, ((words[highWord]! >>> 20) & 0x7ff) - 1023);
    const error = Math.abs(y - exact) / 2 ** (exponent - 23);
    return Number.isNaN(error) ? Infinity : error;
  }
  if (size === 0) return Object.is(y, exact) ? 0 : Infinity;
  const expected = size >= overflow ? Math.sign(exact) * Infinity : Number.isNaN(exact) ? NaN : 0;
  return Object.is(y, expected) ? 0 : Infinity;
}

export interface Worst {
  readonly error: number;
  readonly x: number;
  readonly y: number;
}

/**
 * The largest error over the floats whose bit patterns are first, first + stride, … below 2³², with
 * and without FMA. `stride` is odd, so that all exponents and low bits are met, or 1 for all floats.
 */
export function worstErrors(
  subject: ElementaryFunction,
  stride: number,
): { fma: Worst; noFma: Worst } {
  const evaluators = [wasmEvaluator(subject, true), wasmEvaluator(subject, false)];
  const worst = evaluators.map((): Worst => ({ error: 0, x: 0, y: 0 }));
  const input = new Float32Array(blockLength);
  const bits = new Uint32Array(input.buffer);
  const exact = new Float64Array(blockLength);
  for (let first = 0; first < 2 ** 32; first += blockLength * stride) {
    for (let at = 0; at < blockLength; at++) {
      bits[at] = first + at * stride;
      exact[at] = subject.reference(input[at]!);
    }
    for (const [mode, evaluator] of evaluators.entries()) {
      evaluator.input.set(input);
      evaluator.run();
      worst[mode] = worstOfBlock(subject, input, evaluator.output, exact, worst[mode]!);
    }
  }
  return { fma: worst[0]!, noFma: worst[1]! };
}

function worstOfBlock(
  { flushes }: ElementaryFunction,
  input: Float32Array,
  output: Float32Array,
  exact: Float64Array,
  sofar: Worst,
): Worst {
  let worst = sofar;
  for (let at = 0; at < input.length; at++) {
    const y = output[at]!;
    // Correctly rounded, as most are: no need to measure.
    if (y === Math.fround(exact[at]!) && Math.abs(y) >= smallestNormal) continue;
    const error = ulpError(y, exact[at]!, flushes);
    if (error > worst.error) worst = { error, x: input[at]!, y };
  }
  return worst;
}

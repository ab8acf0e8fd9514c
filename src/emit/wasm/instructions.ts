/**
 * The instructions we emit, as tables from loop-IR ops to opcodes.
 *
 * Source: WebAssembly core specification 3.0, binary format, section 5.4 (SIMD prefix 0xfd).
 */
import type { BinaryOp, ShiftOp, UnaryOp } from "../../loops/ir.ts";
import { unsigned, type Bytes } from "./encode.ts";

const simd = (opcode: number): Bytes => [0xfd, ...unsigned(opcode)];
const saturating = (opcode: number): Bytes => [0xfc, opcode];

interface Control {
  readonly block: Bytes;
  readonly loop: Bytes;
  readonly end: Bytes;
  readonly drop: Bytes;
  readonly select: Bytes;
  branch(depth: number): Bytes;
  branchIf(depth: number): Bytes;
  call(index: number): Bytes;
}

export const control: Control = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  end: [0x0b],
  drop: [0x1a],
  select: [0x1b],
  branch: (depth) => [0x0c, ...unsigned(depth)],
  branchIf: (depth) => [0x0d, ...unsigned(depth)],
  call: (index) => [0x10, ...unsigned(index)],
};

type LocalAccess = Record<"get" | "set" | "tee", (index: number) => Bytes>;

export const local: LocalAccess = {
  get: (index) => [0x20, ...unsigned(index)],
  set: (index) => [0x21, ...unsigned(index)],
  tee: (index) => [0x22, ...unsigned(index)],
};

type IntegerOp = "const" | "add" | "sub" | "mul" | "lessThan" | "greaterOrEqual";

export const integer: Record<IntegerOp, Bytes> = {
  const: [0x41],
  add: [0x6a],
  sub: [0x6b],
  mul: [0x6c],
  lessThan: [0x48],
  greaterOrEqual: [0x4e],
};

type VectorOp =
  | "const"
  | "splatF32"
  | "splatI32"
  | "addI32"
  | "and"
  | "bitselect"
  | "relaxedMultiplyAdd";

export const vectorOp: Record<VectorOp, Bytes> = {
  const: simd(12),
  splatF32: simd(19),
  splatI32: simd(17),
  addI32: simd(174),
  and: simd(78),
  bitselect: simd(82),
  relaxedMultiplyAdd: simd(0x105),
};

export const extractF32 = (lane: number): Bytes => [...simd(31), lane];

type MemoryOp =
  | "loadVector"
  | "loadSplat32"
  | "loadZero32"
  | "loadZero64"
  | "loadLane32"
  | "storeVector"
  | "storeLane32"
  | "storeLane64"
  | "loadF32"
  | "loadI32"
  | "storeF32"
  | "storeI32";

export const memory: Record<MemoryOp, Bytes> = {
  loadVector: simd(0),
  loadSplat32: simd(9),
  loadZero32: simd(92),
  loadZero64: simd(93),
  loadLane32: simd(86),
  storeVector: simd(11),
  storeLane32: simd(90),
  storeLane64: simd(91),
  loadF32: [0x2a],
  loadI32: [0x28],
  storeF32: [0x38],
  storeI32: [0x36],
};

/** Ops with one instruction for one lane. The others are built in `expression.ts`. */
export const scalarUnary: Partial<Record<UnaryOp, Bytes>> = {
  "f32.neg": [0x8c],
  "f32.abs": [0x8b],
  "f32.sqrt": [0x91],
  "f32.floor": [0x8e],
  "f32.nearest": [0x90],
  "i32.from-f32": saturating(0),
  "f32.from-i32": [0xb2],
  "f32.from-u32": [0xb3],
  "i32.bits": [0xbc],
  "f32.bits": [0xbe],
  "mask.not": [0x45],
  "i32.from-mask": [],
  "f32.from-mask": [0xb2],
};

export const vectorUnary: Partial<Record<UnaryOp, Bytes>> = {
  "f32.neg": simd(225),
  "f32.abs": simd(224),
  "f32.sqrt": simd(227),
  "f32.floor": simd(104),
  "f32.nearest": simd(106),
  "i32.from-f32": simd(248),
  "f32.from-i32": simd(250),
  "f32.from-u32": simd(251),
  "i32.bits": [],
  "f32.bits": [],
  "mask.not": simd(77),
};

export const scalarBinary: Partial<Record<BinaryOp, Bytes>> = {
  "f32.add": [0x92],
  "f32.sub": [0x93],
  "f32.mul": [0x94],
  "f32.div": [0x95],
  "f32.min": [0x96],
  "f32.max": [0x97],
  "f32.lt": [0x5d],
  "f32.le": [0x5f],
  "f32.eq": [0x5b],
  "i32.add": [0x6a],
  "i32.sub": [0x6b],
  "i32.mul": [0x6c],
  "i32.and": [0x71],
  "i32.or": [0x72],
  "i32.xor": [0x73],
  "i32.lt-s": [0x48],
  "i32.le-s": [0x4c],
  "i32.lt-u": [0x49],
  "i32.le-u": [0x4d],
  "i32.eq": [0x46],
  "mask.and": [0x71],
  "mask.or": [0x72],
};

export const vectorBinary: Record<BinaryOp, Bytes> = {
  "f32.add": simd(228),
  "f32.sub": simd(229),
  "f32.mul": simd(230),
  "f32.div": simd(231),
  "f32.min": simd(232),
  "f32.max": simd(233),
  "f32.pmin": simd(234),
  "f32.pmax": simd(235),
  "f32.lt": simd(67),
  "f32.le": simd(69),
  "f32.eq": simd(65),
  "i32.add": simd(174),
  "i32.sub": simd(177),
  "i32.mul": simd(181),
  "i32.and": simd(78),
  "i32.or": simd(80),
  "i32.xor": simd(81),
  "i32.min-s": simd(182),
  "i32.max-s": simd(184),
  "i32.lt-s": simd(57),
  "i32.le-s": simd(61),
  "i32.lt-u": simd(58),
  "i32.le-u": simd(62),
  "i32.eq": simd(55),
  "mask.and": simd(78),
  "mask.or": simd(80),
};

export const scalarShift: Record<ShiftOp, Bytes> = {
  "i32.shl": [0x74],
  "i32.shr-u": [0x76],
  "i32.shr-s": [0x75],
};

export const vectorShift: Record<ShiftOp, Bytes> = {
  "i32.shl": simd(171),
  "i32.shr-s": simd(172),
  "i32.shr-u": simd(173),
};

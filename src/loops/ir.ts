/**
 * The kernel IR: loop nests with explicit vector operations over buffers. It knows nothing of
 * tensors or ops; emitters render it without ever seeing an op's name.
 *
 * Every element takes 4 bytes. A `mask` is what comparisons give: all bits of a lane set or none
 * (0 or 1 for one lane); masks live in registers only. Registers are assigned by `set` and hold
 * `lanes` elements. Loop bounds are known when compiling.
 */

export type LaneType = "f32" | "i32" | "mask";

/** A named stretch of the arena; its address is the memory plan's business. */
export interface Buffer {
  readonly name: string;
  /** Elements of 4 bytes. */
  readonly length: number;
}

export interface Register {
  readonly name: string;
  readonly type: LaneType;
  readonly lanes: number;
}

export interface LoopVariable {
  readonly name: string;
}

/** offset + Σ coefficient · variable, in elements. A variable is a loop's, or an i32 register of one lane. */
export interface Index {
  readonly terms: readonly IndexTerm[];
  readonly offset: number;
}

export interface IndexTerm {
  readonly variable: LoopVariable | Register;
  readonly coefficient: number;
}

export type UnaryOp =
  | "f32.neg"
  | "f32.abs"
  | "f32.sqrt"
  | "f32.floor"
  /** To the nearest integer, ties to even. */
  | "f32.nearest"
  /** Towards zero, saturating; NaN gives 0. */
  | "i32.from-f32"
  | "f32.from-i32"
  | "f32.from-u32"
  /** The same bits under another type. */
  | "i32.bits"
  | "f32.bits"
  | "mask.not"
  /** 1 where the mask is set, else 0. */
  | "i32.from-mask"
  | "f32.from-mask";

export type BinaryOp =
  | "f32.add"
  | "f32.sub"
  | "f32.mul"
  | "f32.div"
  /** NaN if either is NaN; the slow, strict form. */
  | "f32.min"
  | "f32.max"
  /** `right < left ? right : left`: passes a NaN of `left` on, ignores one of `right`. */
  | "f32.pmin"
  /** `left < right ? right : left`: passes a NaN of `left` on, ignores one of `right`. */
  | "f32.pmax"
  | "f32.lt"
  | "f32.le"
  | "f32.eq"
  | "i32.add"
  | "i32.sub"
  | "i32.mul"
  | "i32.and"
  | "i32.or"
  | "i32.xor"
  | "i32.min-s"
  | "i32.max-s"
  | "i32.lt-s"
  | "i32.le-s"
  | "i32.lt-u"
  | "i32.le-u"
  | "i32.eq"
  | "mask.and"
  | "mask.or";

/** Shift by a constant number of bits. */
export type ShiftOp = "i32.shl" | "i32.shr-u" | "i32.shr-s";

export type Expr =
  | {
      readonly kind: "const";
      readonly type: LaneType;
      readonly lanes: number;
      readonly value: number;
    }
  | { readonly kind: "register"; readonly register: Register }
  /**
   * Elements at index, index + stride, …; default stride 1. With `count` < lanes only the first
   * `count` are read and the others are 0.
   */
  | {
      readonly kind: "load";
      readonly type: "f32" | "i32";
      readonly lanes: number;
      readonly buffer: Buffer;
      readonly index: Index;
      readonly stride: number;
      readonly count: number;
    }
  /** One lane copied to all. */
  | { readonly kind: "splat"; readonly value: Expr; readonly lanes: number }
  /** index, index + 1, … as i32. */
  | { readonly kind: "lane-index"; readonly index: Index; readonly lanes: number }
  | { readonly kind: "unary"; readonly op: UnaryOp; readonly operand: Expr }
  | { readonly kind: "binary"; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "shift"; readonly op: ShiftOp; readonly operand: Expr; readonly bits: number }
  /** left · right + addend, rounded once where the machine can, else twice. */
  | { readonly kind: "fma"; readonly left: Expr; readonly right: Expr; readonly addend: Expr }
  | { readonly kind: "select"; readonly mask: Expr; readonly ifTrue: Expr; readonly ifFalse: Expr }
  /**
   * All lanes combined into one: neighbours pairwise (an odd last lane stays) until one is left.
   * For four lanes: (l0 + l1) + (l2 + l3).
   */
  | { readonly kind: "reduce"; readonly op: "f32.add" | "f32.max"; readonly value: Expr };

export type Stmt =
  | {
      readonly kind: "for";
      readonly variable: LoopVariable;
      readonly from: number;
      /** Exclusive. */
      readonly to: number;
      readonly step: number;
      readonly body: readonly Stmt[];
    }
  | { readonly kind: "set"; readonly register: Register; readonly value: Expr }
  /** Writes the first `count` lanes to index, index + 1, …. */
  | {
      readonly kind: "store";
      readonly buffer: Buffer;
      readonly index: Index;
      readonly value: Expr;
      readonly count: number;
    };

/** One function of the compiled program. */
export interface Kernel {
  readonly name: string;
  readonly body: readonly Stmt[];
}

/** The type and number of lanes an expression gives. */
export function typeOf(expr: Expr): { readonly type: LaneType; readonly lanes: number } {
  switch (expr.kind) {
    case "const":
    case "load":
      return { type: expr.type, lanes: expr.lanes };
    case "register":
      return expr.register;
    case "splat":
      return { type: typeOf(expr.value).type, lanes: expr.lanes };
    case "lane-index":
      return { type: "i32", lanes: expr.lanes };
    case "unary":
      return { type: resultOfUnary(expr.op), lanes: typeOf(expr.operand).lanes };
    case "binary":
      return { type: resultOfBinary(expr.op), lanes: typeOf(expr.left).lanes };
    case "shift":
      return { type: "i32", lanes: typeOf(expr.operand).lanes };
    case "fma":
      return { type: "f32", lanes: typeOf(expr.left).lanes };
    case "select":
      return typeOf(expr.ifTrue);
    case "reduce":
      return { type: "f32", lanes: 1 };
  }
}

function resultOfUnary(op: UnaryOp): LaneType {
  return op.slice(0, op.indexOf(".")) as LaneType;
}

function resultOfBinary(op: BinaryOp): LaneType {
  return /\.(lt|le|eq)/.test(op) ? "mask" : (op.slice(0, op.indexOf(".")) as LaneType);
}

/** The type of a binary op's operands. */
export function operandOfBinary(op: BinaryOp): LaneType {
  return op.slice(0, op.indexOf(".")) as LaneType;
}

/** The type of a unary op's operand. */
export function operandOfUnary(op: UnaryOp): LaneType {
  switch (op) {
    case "i32.from-f32":
    case "i32.bits":
      return "f32";
    case "f32.from-i32":
    case "f32.from-u32":
    case "f32.bits":
      return "i32";
    case "i32.from-mask":
    case "f32.from-mask":
      return "mask";
    default:
      return resultOfUnary(op);
  }
}

/** The expressions an expression is made of. */
export function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "const":
    case "register":
    case "load":
    case "lane-index":
      return [];
    case "splat":
    case "reduce":
      return [expr.value];
    case "unary":
    case "shift":
      return [expr.operand];
    case "binary":
      return [expr.left, expr.right];
    case "fma":
      return [expr.left, expr.right, expr.addend];
    case "select":
      return [expr.mask, expr.ifTrue, expr.ifFalse];
  }
}

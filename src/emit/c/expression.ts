/** Expressions as C, for one lane (float, int) or the machine's vectors. */
import { BackendError } from "../../base/errors.ts";
import {
  typeOf,
  type BinaryOp,
  type Buffer,
  type Expr,
  type Index,
  type LaneType,
  type LoopVariable,
  type Register,
  type UnaryOp,
} from "../../loops/ir.ts";

export interface Scope {
  readonly lanes: number;
  nameOf(what: Buffer | Register | LoopVariable): string;
}

type Load = Extract<Expr, { kind: "load" }>;

export function emitExpression(expr: Expr, scope: Scope): string {
  const push = (child: Expr): string => emitExpression(child, scope);
  const { type, lanes } = typeOf(expr);
  if (lanes !== 1 && lanes !== scope.lanes) {
    throw new BackendError(`native: expressions have 1 or ${scope.lanes} lanes, got ${lanes}`);
  }
  const wide = lanes > 1;
  switch (expr.kind) {
    case "const":
      return constant(expr.type, expr.value, wide);
    case "register":
      return scope.nameOf(expr.register);
    case "load":
      return wide ? loadVector(expr, scope) : loadScalar(expr, scope);
    case "splat":
      return splatOf(push(expr.value), type);
    case "lane-index": {
      const first = `(int)(${emitIndex(expr.index, scope)})`;
      return wide ? `count_from(${first})` : first;
    }
    case "unary":
      return unaryCode(expr.op, push(expr.operand), wide);
    case "binary":
      return binaryCode(expr.op, push(expr.left), push(expr.right), wide);
    case "shift":
      return shiftCode(expr.op, push(expr.operand), expr.bits, wide);
    case "fma":
      return `fma_${wide ? "v" : "s"}(${push(expr.left)}, ${push(expr.right)}, ${push(expr.addend)})`;
    case "select": {
      const [mask, a, b] = [push(expr.mask), push(expr.ifTrue), push(expr.ifFalse)];
      if (!wide) return `(${mask} ? ${a} : ${b})`;
      return `select_${type === "f32" ? "f" : "i"}(${mask}, ${a}, ${b})`;
    }
    case "reduce":
      if (typeOf(expr.value).lanes === 1) return push(expr.value);
      return `${expr.op === "f32.add" ? "sum_v" : "largest_v"}(${push(expr.value)})`;
  }
}

/** offset + Σ coefficient · variable, in elements. */
export function emitIndex({ terms, offset }: Index, scope: Scope): string {
  const parts = terms.map(({ variable, coefficient }) => {
    const name = scope.nameOf(variable);
    const wide = "lanes" in variable ? `(long long)${name}` : name;
    return coefficient === 1 ? wide : `${wide} * ${coefficient}`;
  });
  if (offset !== 0 || parts.length === 0) parts.push(String(offset));
  return parts.join(" + ");
}

/** Where an index of a buffer points. */
export function emitAddress(buffer: Buffer, index: Index, scope: Scope): string {
  const at = emitIndex(index, scope);
  return at === "0" ? scope.nameOf(buffer) : `${scope.nameOf(buffer)} + ${at}`;
}

function constant(type: LaneType, value: number, wide: boolean): string {
  if (type === "f32") return wide ? `splat_f(${floatLiteral(value)})` : floatLiteral(value);
  const bits = type === "mask" && wide ? -value : value;
  return wide ? `splat_i(${integerLiteral(bits)})` : integerLiteral(bits);
}

function floatLiteral(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return `__builtin_nanf("")`;
  const sign = single < 0 || Object.is(single, -0) ? "-" : "";
  if (!Number.isFinite(single)) return `(${sign}__builtin_inff())`;
  const digits = String(Math.abs(single));
  const written = `${digits}${/[.e]/.test(digits) ? "" : ".0"}f`;
  return sign === "" ? written : `(-${written})`;
}

function integerLiteral(value: number): string {
  const bits = value | 0;
  // In C, −2147483648 is the negative of a number that does not fit.
  if (bits === -(2 ** 31)) return "(-2147483647 - 1)";
  return bits < 0 ? `(${bits})` : String(bits);
}

function loadScalar({ buffer, index, type }: Load, scope: Scope): string {
  const name = scope.nameOf(buffer);
  return `${type === "f32" ? name : `((const int *)${name})`}[${emitIndex(index, scope)}]`;
}

function loadVector({ buffer, index, type, stride, count }: Load, scope: Scope): string {
  const from = emitAddress(buffer, index, scope);
  if (stride === 1 && count === scope.lanes) return `load_${type === "f32" ? "f" : "i"}(${from})`;
  if (stride === 1) {
    const part = `load_part_f(${from}, ${count})`;
    return type === "f32" ? part : `(vi)${part}`;
  }
  const items = Array.from({ length: count }, (_, lane) => `q[${lane * stride}]`);
  const element = type === "f32" ? "float" : "int";
  const vector = type === "f32" ? "vf" : "vi";
  return `({ const ${element} *q = (const ${element} *)(${from}); (${vector}){ ${items.join(", ")} }; })`;
}

function splatOf(value: string, type: LaneType): string {
  if (type === "f32") return `splat_f(${value})`;
  return type === "mask" ? `splat_i(-(${value}))` : `splat_i(${value})`;
}

function unaryCode(op: UnaryOp, x: string, wide: boolean): string {
  switch (op) {
    case "f32.neg":
      return `(-${x})`;
    case "f32.abs":
      return wide ? `abs_v(${x})` : `__builtin_fabsf(${x})`;
    case "f32.sqrt":
      return wide ? `sqrt_v(${x})` : `__builtin_sqrtf(${x})`;
    case "f32.floor":
      return wide ? `floor_v(${x})` : `__builtin_floorf(${x})`;
    case "f32.nearest":
      return wide ? `nearest_v(${x})` : `__builtin_rintf(${x})`;
    case "i32.from-f32":
      return `to_int_${wide ? "v" : "s"}(${x})`;
    case "f32.from-i32":
      return wide ? `from_int_v(${x})` : `(float)${x}`;
    case "f32.from-u32":
      return wide ? `from_unsigned_v(${x})` : `(float)(unsigned)${x}`;
    case "i32.bits":
      return wide ? `((vi)${x})` : `bits_of(${x})`;
    case "f32.bits":
      return wide ? `((vf)${x})` : `of_bits(${x})`;
    case "mask.not":
      return wide ? `(~${x})` : `(!${x})`;
    case "i32.from-mask":
      return wide ? `(-${x})` : x;
    case "f32.from-mask":
      return wide ? `((vf)(${x} & (vi)splat_f(1.0f)))` : `(float)${x}`;
  }
}

/** Ops with a sign of their own in C. */
const infix: Partial<Record<BinaryOp, string>> = {
  "f32.add": "+",
  "f32.sub": "-",
  "f32.mul": "*",
  "f32.div": "/",
  "f32.lt": "<",
  "f32.le": "<=",
  "f32.eq": "==",
  "i32.add": "+",
  "i32.sub": "-",
  "i32.mul": "*",
  "i32.and": "&",
  "i32.or": "|",
  "i32.xor": "^",
  "i32.lt-s": "<",
  "i32.le-s": "<=",
  "i32.eq": "==",
  "mask.and": "&",
  "mask.or": "|",
};

const helper: Partial<Record<BinaryOp, string>> = {
  "f32.min": "min",
  "f32.max": "max",
  "f32.pmin": "pmin",
  "f32.pmax": "pmax",
  "i32.min-s": "imin",
  "i32.max-s": "imax",
};

function binaryCode(op: BinaryOp, a: string, b: string, wide: boolean): string {
  const sign = infix[op];
  if (sign !== undefined) return `(${a} ${sign} ${b})`;
  const name = helper[op];
  if (name !== undefined) return `${name}_${wide ? "v" : "s"}(${a}, ${b})`;
  const unsigned = wide ? "(vu)" : "(unsigned)";
  return `(${unsigned}${a} ${op === "i32.lt-u" ? "<" : "<="} ${unsigned}${b})`;
}

function shiftCode(op: string, x: string, bits: number, wide: boolean): string {
  if (op === "i32.shr-s") return `(${x} >> ${bits})`;
  const [unsigned, signed] = wide ? ["(vu)", "(vi)"] : ["(unsigned)", "(int)"];
  return `(${signed}(${unsigned}${x} ${op === "i32.shl" ? "<<" : ">>"} ${bits}))`;
}

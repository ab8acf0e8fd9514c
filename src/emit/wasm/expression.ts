/** Expressions as stack code, for one lane (f32, i32) or four (v128). */
import { BackendError } from "../../base/errors.ts";
import { typeOf, type BinaryOp, type Expr, type LaneType, type UnaryOp } from "../../loops/ir.ts";
import {
  lowestAccess,
  memoryArgument,
  pushPointer,
  variablePart,
  type AddressScope,
} from "./address.ts";
import { integerBytes, signed, singleBytes, type Bytes } from "./encode.ts";
import {
  control,
  extractF32,
  integer,
  local,
  memory,
  scalarBinary,
  scalarShift,
  scalarUnary,
  vectorBinary,
  vectorOp,
  vectorShift,
  vectorUnary,
} from "./instructions.ts";

export interface Scope extends AddressScope {
  /** Render `fma` as a relaxed multiply-add, where the engine has it. */
  readonly relaxedFma: boolean;
}

type Load = Extract<Expr, { kind: "load" }>;

export function emitExpression(expr: Expr, scope: Scope): Bytes {
  const push = (child: Expr): Bytes => emitExpression(child, scope);
  const { lanes } = typeOf(expr);
  if (lanes !== 1 && lanes !== 4) {
    throw new BackendError(`wasm: expressions have 1 or 4 lanes, got ${lanes}`);
  }
  switch (expr.kind) {
    case "const":
      return lanes === 1
        ? scalarConstant(expr.type, expr.value)
        : vectorConstant(expr.type, expr.value, scope);
    case "register":
      return local.get(scope.locals.ofRegister(expr.register));
    case "load":
      return lanes === 1 ? loadScalar(expr, scope) : loadVector(expr, scope);
    case "splat":
      return emitSplat(expr.value, scope);
    case "lane-index":
      return laneIndex(expr, scope);
    case "unary":
      return [...push(expr.operand), ...unaryCode(expr.op, lanes, scope)];
    case "binary":
      return binaryCode(expr.op, expr.left, expr.right, lanes, scope);
    case "shift": {
      const table = lanes === 1 ? scalarShift : vectorShift;
      return [...push(expr.operand), ...integer.const, ...signed(expr.bits), ...table[expr.op]];
    }
    case "fma":
      return fmaCode(expr, lanes, scope);
    case "select":
      return [
        ...push(expr.ifTrue),
        ...push(expr.ifFalse),
        ...push(expr.mask),
        ...(lanes === 1 ? control.select : vectorOp.bitselect),
      ];
    case "reduce":
      return reduceCode(expr.op, expr.value, scope);
  }
}

function scalarConstant(type: LaneType, value: number): Bytes {
  return type === "f32" ? [0x43, ...singleBytes(value)] : [...integer.const, ...signed(value)];
}

function vectorConstant(type: LaneType, value: number, scope: Scope): Bytes {
  const lane =
    type === "f32" ? singleBytes(value) : integerBytes(type === "mask" && value !== 0 ? -1 : value);
  const bytes = [...lane, ...lane, ...lane, ...lane];
  if (bytes.every((byte) => byte === 0)) return [...vectorOp.const, ...bytes];
  return local.get(scope.locals.ofConstant(bytes));
}

function loadScalar(load: Load, scope: Scope): Bytes {
  return [
    ...pushPointer(load, scope),
    ...(load.type === "f32" ? memory.loadF32 : memory.loadI32),
    ...memoryArgument(load, scope.addressOf),
  ];
}

function loadVector(load: Load, scope: Scope): Bytes {
  const { stride, count } = load;
  const lowest = lowestAccess(load);
  const pointer = pushPointer(lowest, scope);
  const above = stride < 0 ? -stride * (count - 1) : 0;
  const at = (lane: number): Bytes =>
    memoryArgument(lowest, scope.addressOf, above + lane * stride);
  if (stride === 1 && count === 4) return [...pointer, ...memory.loadVector, ...at(0)];
  const wide = stride === 1 && count >= 2;
  const first = wide ? [...memory.loadZero64, ...at(0)] : [...memory.loadZero32, ...at(0)];
  const others = Array.from({ length: count }, (_, lane) => lane).slice(wide ? 2 : 1);
  return [
    ...others.flatMap(() => pointer),
    ...pointer,
    ...first,
    ...others.flatMap((lane) => [...memory.loadLane32, ...at(lane), lane]),
  ];
}

function emitSplat(value: Expr, scope: Scope): Bytes {
  if (value.kind === "load") {
    const argument = memoryArgument(value, scope.addressOf);
    return [...pushPointer(value, scope), ...memory.loadSplat32, ...argument];
  }
  const code = emitExpression(value, scope);
  switch (typeOf(value).type) {
    case "f32":
      return [...code, ...vectorOp.splatF32];
    case "i32":
      return [...code, ...vectorOp.splatI32];
    case "mask":
      return [...integer.const, 0, ...code, ...integer.sub, ...vectorOp.splatI32];
  }
}

function laneIndex({ index, lanes }: Extract<Expr, { kind: "lane-index" }>, scope: Scope): Bytes {
  const base = [
    ...variablePart(index, scope.locals, 1),
    ...(index.offset === 0 ? [] : [...integer.const, ...signed(index.offset), ...integer.add]),
  ];
  if (lanes === 1) return base;
  const steps = [0, 1, 2, 3].flatMap(integerBytes);
  return [
    ...base,
    ...vectorOp.splatI32,
    ...local.get(scope.locals.ofConstant(steps)),
    ...vectorOp.addI32,
  ];
}

function unaryCode(op: UnaryOp, lanes: number, scope: Scope): Bytes {
  const code = (lanes === 1 ? scalarUnary : vectorUnary)[op];
  if (code !== undefined) return code;
  switch (op) {
    case "i32.from-mask":
      return [...vectorConstant("i32", 1, scope), ...vectorOp.and];
    case "f32.from-mask":
      return [...vectorConstant("f32", 1, scope), ...vectorOp.and];
    default:
      throw new BackendError(`wasm: no instruction for ${op} with ${lanes} lanes`);
  }
}

function binaryCode(op: BinaryOp, left: Expr, right: Expr, lanes: number, scope: Scope): Bytes {
  const [a, b] = [emitExpression(left, scope), emitExpression(right, scope)];
  if (lanes === 4) return [...a, ...b, ...vectorBinary[op]];
  const code = scalarBinary[op];
  if (code !== undefined) return [...a, ...b, ...code];
  // The rest are selections, which need both operands twice.
  const type = op.startsWith("f32") ? "f32" : "i32";
  const [first, second] = [scope.locals.fresh(type), scope.locals.fresh(type)];
  const condition = conditionOfSelection(op, first, second);
  return [
    ...a,
    ...local.set(first),
    ...b,
    ...local.tee(second),
    ...local.get(first),
    ...condition,
    ...control.select,
  ];
}

/** When true, the second operand is chosen. */
function conditionOfSelection(op: BinaryOp, first: number, second: number): Bytes {
  const [a, b] = [local.get(first), local.get(second)];
  switch (op) {
    case "f32.pmin":
      return [...b, ...a, ...scalarBinary["f32.lt"]!];
    case "f32.pmax":
      return [...a, ...b, ...scalarBinary["f32.lt"]!];
    case "i32.min-s":
      return [...b, ...a, ...integer.lessThan];
    case "i32.max-s":
      return [...a, ...b, ...integer.lessThan];
    default:
      throw new BackendError(`wasm: no scalar instruction for ${op}`);
  }
}

function fmaCode(expr: Extract<Expr, { kind: "fma" }>, lanes: number, scope: Scope): Bytes {
  const [left, right, addend] = [expr.left, expr.right, expr.addend].map((child) =>
    emitExpression(child, scope),
  );
  if (lanes === 1) {
    return [
      ...left!,
      ...right!,
      ...scalarBinary["f32.mul"]!,
      ...addend!,
      ...scalarBinary["f32.add"]!,
    ];
  }
  if (scope.relaxedFma) return [...left!, ...right!, ...addend!, ...vectorOp.relaxedMultiplyAdd];
  return [...left!, ...right!, ...vectorBinary["f32.mul"], ...addend!, ...vectorBinary["f32.add"]];
}

/** (lane 0 ∘ lane 1) ∘ (lane 2 ∘ lane 3). */
function reduceCode(op: "f32.add" | "f32.max", value: Expr, scope: Scope): Bytes {
  const held = scope.locals.fresh("v128");
  const lane = (i: number): Bytes => [...local.get(held), ...extractF32(i)];
  const combine = scalarBinary[op]!;
  return [
    ...emitExpression(value, scope),
    ...local.set(held),
    ...lane(0),
    ...lane(1),
    ...combine,
    ...lane(2),
    ...lane(3),
    ...combine,
    ...combine,
  ];
}

/** The locals of one function. WebAssembly wants them declared up front, grouped by type. */
import { BackendError } from "../../base/errors.ts";
import type { LoopVariable, Register } from "../../loops/ir.ts";
import { unsigned, type Bytes } from "./encode.ts";

type LocalType = "i32" | "f32" | "v128";

const typeCode: Record<LocalType, number> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

export interface Locals {
  fresh(type: LocalType): number;
  ofRegister(register: Register): number;
  ofLoop(variable: LoopVariable): number;
  /** A local holding a vector constant, set once at the function's start: V8 builds one from three instructions at each use otherwise. */
  ofConstant(bytes: Bytes): number;
  constants(): { readonly local: number; readonly bytes: Bytes }[];
  declaration(): Bytes;
}

function localTypeOf({ name, type, lanes }: Register): LocalType {
  if (lanes === 4) return "v128";
  if (lanes === 1) return type === "f32" ? "f32" : "i32";
  throw new BackendError(`wasm: registers have 1 or 4 lanes, got ${lanes} (${name})`);
}

export function makeLocals(): Locals {
  const types: LocalType[] = [];
  const registers = new Map<Register | LoopVariable, number>();
  const constants = new Map<string, { local: number; bytes: Bytes }>();

  function fresh(type: LocalType): number {
    types.push(type);
    return types.length - 1;
  }
  function remember(key: Register | LoopVariable, type: LocalType): number {
    const known = registers.get(key);
    if (known !== undefined) return known;
    const index = fresh(type);
    registers.set(key, index);
    return index;
  }
  return {
    fresh,
    ofRegister: (register) => remember(register, localTypeOf(register)),
    ofLoop: (variable) => remember(variable, "i32"),
    ofConstant(bytes) {
      const key = bytes.join();
      const known = constants.get(key);
      if (known !== undefined) return known.local;
      const entry = { local: fresh("v128"), bytes };
      constants.set(key, entry);
      return entry.local;
    },
    constants: () => [...constants.values()],
    declaration() {
      const runs: { type: LocalType; count: number }[] = [];
      for (const type of types) {
        const last = runs[runs.length - 1];
        if (last?.type === type) last.count++;
        else runs.push({ type, count: 1 });
      }
      return [
        ...unsigned(runs.length),
        ...runs.flatMap(({ type, count }) => [...unsigned(count), typeCode[type]]),
      ];
    },
  };
}

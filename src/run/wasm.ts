/**
 * The `wasm` backend: programs rendered to WebAssembly with 128-bit SIMD, in Node and browsers.
 *
 * A session is one linear memory. Slots and the arenas of programs are allocated in it one after
 * the other and stay where they are; a step is one call without arguments.
 */
import { BackendError, ShapeError } from "../base/errors.ts";
import { showShape, sizeOf, type DType } from "../base/shape.ts";
import { compileProgram, type CompiledProgram, type NamedBuffer } from "../compile/compile.ts";
import { fewRegisters, fewRegistersUnfused } from "../compile/lower/tiling.ts";
import { emitModule } from "../emit/wasm/module.ts";
import type { Program, Slot } from "../graph/value.ts";
import type { Buffer } from "../loops/ir.ts";
import type { Backend, BufferView, CompileOptions, Executable, Session } from "./backend.ts";
import { detectWasm } from "./wasm-features.ts";

const LANES = 4;
const PAGE = 64 * 1024;
/** WebAssembly's 32-bit limit, in pages. */
const MOST_PAGES = 65536;
const ALIGNMENT = 64;

export interface WasmBackendOptions {
  /** Use the fused multiply-add of relaxed SIMD. Default: where the engine has it. */
  readonly fma?: boolean;
}

/**
 * Errors: BackendError where WebAssembly or its SIMD is missing, or `fma` is asked for and absent.
 */
export function wasmBackend(options: WasmBackendOptions = {}): Backend {
  const { simd, relaxedSimd } = detectWasm();
  if (!simd) throw new BackendError("wasm: needs WebAssembly with SIMD, got an engine without it");
  if (options.fma === true && !relaxedSimd) {
    throw new BackendError("wasm: fma needs relaxed SIMD, got an engine without it");
  }
  const fma = options.fma ?? relaxedSimd;
  const backend: Backend = {
    name: "wasm",
    description: `wasm, 128-bit SIMD ${fma ? "with" : "without"} FMA, 1 thread`,
    open: () => Promise.resolve(openSession(backend, fma)),
  };
  return backend;
}

interface Heap {
  readonly memory: WebAssembly.Memory;
  /** The byte address of a new stretch of memory, zeroed. */
  allocate(bytes: number): number;
}

function openHeap(): Heap {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES });
  // Address 0 stays unused, so that a stray null access is visible as such.
  let end = ALIGNMENT;
  return {
    memory,
    allocate(bytes) {
      const address = end;
      const next = address + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
      // Vector loads may read a few bytes beyond a buffer's end.
      const missing = Math.ceil((next + ALIGNMENT - memory.buffer.byteLength) / PAGE);
      if (missing > 0) grow(memory, missing);
      end = next;
      return address;
    },
  };
}

function grow(memory: WebAssembly.Memory, pages: number): void {
  try {
    memory.grow(pages);
  } catch {
    const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
    throw new BackendError(
      `wasm: out of memory, needs ${megabytes(pages * PAGE)} more than ` +
        `${megabytes(memory.buffer.byteLength)}; use a smaller batch or model`,
    );
  }
}

function openSession(backend: Backend, fma: boolean): Session {
  const heap = openHeap();
  const slotBuffers = new Map<Slot, Buffer>();
  const addresses = new Map<Buffer, number>();

  function slotBuffer(slot: Slot): Buffer {
    const known = slotBuffers.get(slot);
    if (known !== undefined) return known;
    const buffer: Buffer = { name: slot.name, length: sizeOf(slot.shape) };
    slotBuffers.set(slot, buffer);
    addresses.set(buffer, heap.allocate(buffer.length * 4));
    return buffer;
  }

  async function compile(program: Program, options: CompileOptions = {}): Promise<Executable> {
    const { name = "program", inspect } = options;
    const compiled = compileProgram(program, {
      lanes: LANES,
      tiling: fma ? fewRegisters : fewRegistersUnfused,
      slotBuffer,
      ...(inspect === undefined ? {} : { inspect }),
    });
    const base = heap.allocate(compiled.memory.size);
    const addressOf = (buffer: Buffer): number => {
      const offset = compiled.memory.offsets.get(buffer);
      const address = offset === undefined ? addresses.get(buffer) : base + offset;
      if (address === undefined) {
        throw new BackendError(`wasm: buffer ${buffer.name} has no address`);
      }
      return address;
    };
    const memory = { minimum: 1, maximum: MOST_PAGES, shared: false };
    const bytes = emitModule(compiled.kernels, { addressOf, relaxedFma: fma, memory });
    inspect?.("code", () => `${bytes.length} bytes of WebAssembly\n`);
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory: heap.memory } });
    return executable(name, compiled, instance, heap.memory, addressOf);
  }

  return {
    backend,
    compile,
    read(slot) {
      const buffer = slotBuffers.get(slot);
      if (buffer === undefined) return emptyView(slot.dtype, sizeOf(slot.shape));
      return viewAt(heap.memory, addresses.get(buffer)!, buffer.length, slot.dtype).slice();
    },
    write(slot, data) {
      const length = sizeOf(slot.shape);
      if (data.length !== length) {
        throw new ShapeError(
          `write: slot "${slot.name}" takes ${length} elements ${showShape(slot.shape)}, got ${data.length}`,
        );
      }
      const buffer = slotBuffer(slot);
      viewAt(heap.memory, addresses.get(buffer)!, length, slot.dtype).set(data);
    },
  };
}

function executable(
  name: string,
  compiled: CompiledProgram,
  instance: WebAssembly.Instance,
  memory: WebAssembly.Memory,
  addressOf: (buffer: Buffer) => number,
): Executable {
  const run = instance.exports["run"] as () => void;
  const views = new Map<NamedBuffer, BufferView>();

  /** Growing the memory detaches its views, so they are made again after that, and only then. */
  function view(table: ReadonlyMap<string, NamedBuffer>, kind: string, key: string): BufferView {
    const entry = table.get(key);
    if (entry === undefined) {
      const known = [...table.keys()].join(", ") || "none";
      throw new BackendError(`${name}: ${kind} must be one of ${known}, got ${key}`);
    }
    const cached = views.get(entry);
    if (cached?.buffer === memory.buffer) return cached;
    const { buffer, dtype } = entry;
    const fresh = viewAt(memory, addressOf(buffer), buffer.length, dtype);
    views.set(entry, fresh);
    return fresh;
  }
  return {
    input: (key) => view(compiled.inputs, "input", key),
    output: (key) => view(compiled.outputs, "output", key),
    run,
  };
}

function viewAt(
  memory: WebAssembly.Memory,
  address: number,
  length: number,
  dtype: DType,
): BufferView {
  switch (dtype) {
    case "f32":
      return new Float32Array(memory.buffer, address, length);
    case "i32":
      return new Int32Array(memory.buffer, address, length);
    default:
      return new Uint32Array(memory.buffer, address, length);
  }
}

function emptyView(dtype: DType, length: number): BufferView {
  if (dtype === "f32") return new Float32Array(length);
  return dtype === "i32" ? new Int32Array(length) : new Uint32Array(length);
}

/**
 * The `wasm` backend: programs rendered to WebAssembly with 128-bit SIMD, in Node and browsers.
 *
 * A session is one linear memory. Slots and the arenas of programs are allocated in it one after
 * the other and stay where they are; a step is one call without arguments. With several threads
 * the memory is shared, and each thread has an instance of every program.
 */
// The package decides by where it runs which module this is: see `imports` in package.json.
import { openThreadHost } from "#thread-host";
import { BackendError, OptionError, ShapeError } from "../base/errors.ts";
import { showShape, sizeOf, type DType } from "../base/shape.ts";
import { compileProgram, type CompiledProgram, type NamedBuffer } from "../compile/compile.ts";
import { fewRegisters, fewRegistersUnfused } from "../compile/lower/tiling.ts";
import { meetings } from "../compile/steps.ts";
import { emitModule } from "../emit/wasm/module.ts";
import { meetingsOf, type ThreadPlan } from "../emit/wasm/threads.ts";
import type { Program, Slot } from "../graph/value.ts";
import type { Buffer } from "../loops/ir.ts";
import type { Backend, BufferView, CompileOptions, Executable, Session } from "./backend.ts";
import { CONTROL_BYTES, word } from "./thread-control.ts";
import type { ThreadHost } from "./thread-host.ts";
import { detectWasm } from "./wasm-features.ts";
import { openTeam, type Team } from "./wasm-team.ts";

const LANES = 4;
const PAGE = 64 * 1024;
/** WebAssembly's 32-bit limit, in pages. */
const MOST_PAGES = 65536;
const ALIGNMENT = 64;
const MOST_THREADS = 64;

export interface WasmBackendOptions {
  /** Use the fused multiply-add of relaxed SIMD. Default: where the engine has it. */
  readonly fma?: boolean;
  /**
   * Threads that work on each step together; the results are bitwise the same for any number. In a
   * browser more than one needs a cross-origin-isolated page. Default 1.
   */
  readonly threads?: number;
  /**
   * Milliseconds that a thread waits for the others within a step, and the session for their answer
   * to a program, before it gives up. Default 60,000.
   */
  readonly patience?: number;
}

/**
 * Errors: BackendError where WebAssembly, its SIMD or threads are missing, or `fma` is asked for
 * and absent; OptionError unless `threads` is an integer from 1 to 64 and `patience` in (0, 2³¹).
 */
export function wasmBackend(options: WasmBackendOptions = {}): Backend {
  const { threads = 1, patience = 60_000 } = options;
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new OptionError(
      `wasm: threads must be an integer in [1, ${MOST_THREADS}], got ${threads}`,
    );
  }
  if (!(patience > 0 && patience < 2 ** 31)) {
    throw new OptionError(`wasm: patience must be in (0, 2 ** 31) ms, got ${patience}`);
  }
  const { simd, relaxedSimd } = detectWasm();
  if (!simd) throw new BackendError("wasm: needs WebAssembly with SIMD, got an engine without it");
  if (options.fma === true && !relaxedSimd) {
    throw new BackendError("wasm: fma needs relaxed SIMD, got an engine without it");
  }
  const fma = options.fma ?? relaxedSimd;
  const setup: Setup = { fma, threads, patience, host: threads === 1 ? null : hostOfThreads() };
  const count = `${threads} thread${threads === 1 ? "" : "s"}`;
  const backend: Backend = {
    name: "wasm",
    description: `wasm, 128-bit SIMD ${fma ? "with" : "without"} FMA, ${count}`,
    open: () => Promise.resolve(openSession(backend, setup)),
  };
  return backend;
}

interface Setup {
  readonly fma: boolean;
  readonly threads: number;
  readonly patience: number;
  /** Null for one thread. */
  readonly host: ThreadHost | null;
}

function hostOfThreads(): ThreadHost {
  const found = openThreadHost();
  if ("reason" in found) throw new BackendError(`wasm: ${found.reason}`);
  return found.host;
}

interface Heap {
  readonly memory: WebAssembly.Memory;
  /** The byte address of a new stretch of memory, zeroed. */
  allocate(bytes: number): number;
}

function openHeap(shared: boolean): Heap {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared });
  // No buffer lies at address 0, so that a stray null access is visible as such.
  let end = shared ? CONTROL_BYTES : ALIGNMENT;
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

function openSession(backend: Backend, setup: Setup): Session {
  const { fma, threads, patience, host } = setup;
  const heap = openHeap(host !== null);
  const { memory } = heap;
  const team = host === null ? null : openTeam({ host, threads, memory, patience });
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
      threads,
      tiling: fma ? fewRegisters : fewRegistersUnfused,
      slotBuffer,
      ...(inspect === undefined ? {} : { inspect }),
    });
    const addressOf = placesOf(compiled, heap.allocate(compiled.memory.size), addresses);
    const plan = team === null ? undefined : planThreads(compiled, threads, addressOf);
    const bytes = emitModule(compiled.kernels, {
      addressOf,
      relaxedFma: fma,
      memory: { minimum: 1, maximum: MOST_PAGES, shared: team !== null },
      ...(plan === undefined ? {} : { threads: plan }),
    });
    inspect?.("code", () => `${bytes.length} bytes of WebAssembly\n`);
    const run = await callerOf(bytes, memory, team, plan);
    return executable(name, compiled, run, memory, addressOf);
  }

  return {
    backend,
    compile,
    read(slot) {
      const buffer = slotBuffers.get(slot);
      if (buffer === undefined) return emptyView(slot.dtype, sizeOf(slot.shape));
      return viewAt(memory, addresses.get(buffer)!, buffer.length, slot.dtype).slice();
    },
    write(slot, data) {
      const length = sizeOf(slot.shape);
      if (data.length !== length) {
        throw new ShapeError(
          `write: slot "${slot.name}" takes ${length} elements ${showShape(slot.shape)}, got ${data.length}`,
        );
      }
      const buffer = slotBuffer(slot);
      viewAt(memory, addresses.get(buffer)!, length, slot.dtype).set(data);
    },
  };
}

/** Where each buffer is: in the program's arena, which begins at `base`, or a slot's own place. */
function placesOf(
  { memory: { offsets } }: CompiledProgram,
  base: number,
  slots: ReadonlyMap<Buffer, number>,
): (buffer: Buffer) => number {
  return (buffer) => {
    const offset = offsets.get(buffer);
    const address = offset === undefined ? slots.get(buffer) : base + offset;
    if (address === undefined) {
      throw new BackendError(`wasm: buffer ${buffer.name} has no address`);
    }
    return address;
  };
}

function planThreads(
  { steps }: CompiledProgram,
  count: number,
  addressOf: (buffer: Buffer) => number,
): ThreadPlan {
  const meet = meetings(steps, addressOf);
  return {
    count,
    steps: steps.map(({ parts }, i) => ({ parts, meet: meet[i]! })),
    counter: word.met * 4,
  };
}

/** The call of one step. */
async function callerOf(
  bytes: Uint8Array<ArrayBuffer>,
  memory: WebAssembly.Memory,
  team: Team | null,
  plan: ThreadPlan | undefined,
): Promise<() => void> {
  const module = await WebAssembly.compile(bytes);
  if (team === null || plan === undefined) {
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    return exports["run"] as () => void;
  }
  const program = await team.add(module, meetingsOf(plan));
  return () => team.run(program);
}

function executable(
  name: string,
  compiled: CompiledProgram,
  run: () => void,
  memory: WebAssembly.Memory,
  addressOf: (buffer: Buffer) => number,
): Executable {
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

/**
 * The `native` backend: programs rendered to C at the machine's own vector width and compiled by
 * its compiler. A session's slots and each program's arena are array buffers of their own; a step
 * is one foreign call, which is given a table of their addresses.
 */
import { BackendError, OptionError, ShapeError } from "../base/errors.ts";
import { showShape, sizeOf, type DType } from "../base/shape.ts";
import { compileProgram, type CompiledProgram, type NamedBuffer } from "../compile/compile.ts";
import { manyRegisters, sixteenRegisters } from "../compile/lower/tiling.ts";
import { meetings } from "../compile/steps.ts";
import { emitC, emitProgram, type CProgram, type Place } from "../emit/c/program.ts";
import type { Program, Slot } from "../graph/value.ts";
import type { Buffer } from "../loops/ir.ts";
import type { Backend, BufferView, CompileOptions, Executable, Session } from "./backend.ts";
import type { NativeHost, NativeLibrary } from "./native-host.ts";

/** A cache line, and the widest vector. */
const ALIGNMENT = 64;

/** A stretch of memory that begins at a multiple of ALIGNMENT. */
interface Region {
  readonly memory: ArrayBuffer;
  readonly start: number;
  readonly address: bigint;
}

/**
 * A backend on the given host. `selectBackend("native")` finds the host by itself.
 *
 * Errors: OptionError unless `threads` is an integer from 1 to 64.
 */
export function nativeBackendOn(host: NativeHost, threads = 1): Backend {
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new OptionError(
      `native: threads must be an integer in [1, ${MOST_THREADS}], got ${threads}`,
    );
  }
  const backend: Backend = {
    name: "native",
    description: `native, ${host.description}, ${threads} thread${threads === 1 ? "" : "s"}`,
    open: () => Promise.resolve(openSession(backend, host, threads)),
  };
  return backend;
}

const MOST_THREADS = 64;

/** Stops the threads of programs that nobody can run any more. */
const abandoned = new FinalizationRegistry<() => void>((close) => close());

function allocate(bytes: number, host: NativeHost): Region {
  let memory: ArrayBuffer;
  try {
    memory = new ArrayBuffer(bytes + ALIGNMENT);
  } catch {
    const megabytes = Math.ceil(bytes / 2 ** 20);
    throw new BackendError(
      `native: out of memory, needs ${megabytes} MiB more; use a smaller batch or model`,
    );
  }
  const address = host.addressOf(memory);
  const start = Number(-address & BigInt(ALIGNMENT - 1));
  return { memory, start, address: address + BigInt(start) };
}

function openSession(backend: Backend, host: NativeHost, threads: number): Session {
  const slotBuffers = new Map<Slot, Buffer>();
  const regions = new Map<Buffer, Region>();

  function slotBuffer(slot: Slot): Buffer {
    const known = slotBuffers.get(slot);
    if (known !== undefined) return known;
    const buffer: Buffer = { name: slot.name, length: sizeOf(slot.shape) };
    slotBuffers.set(slot, buffer);
    regions.set(buffer, allocate(buffer.length * 4, host));
    return buffer;
  }

  async function compile(source: Program, options: CompileOptions = {}): Promise<Executable> {
    const { name = "program", inspect } = options;
    const { lanes, registers } = host;
    const compiled = compileProgram(source, {
      lanes,
      threads,
      tiling: registers >= 32 ? manyRegisters : sixteenRegisters,
      slotBuffer,
      ...(inspect === undefined ? {} : { inspect }),
    });
    const arena = allocate(compiled.memory.size, host);
    const bases: Region[] = [arena];
    const placeOf = placesIn(compiled, regions, bases);
    const program: CProgram = { name: "run", kernels: compiled.kernels, placeOf };
    const rendered = threads === 1 ? program : withThreads(program, compiled, threads, bases, host);
    inspect?.("code", () => emitProgram(rendered, lanes));
    const library = await compileOn(host, emitC([rendered], lanes), name);
    const run = callerOf(library, bases, rendered.threads !== undefined);
    const viewAt = ({ buffer, dtype }: NamedBuffer): BufferView => {
      const offset = compiled.memory.offsets.get(buffer);
      const { memory, start } = offset === undefined ? regions.get(buffer)! : arena;
      return viewOf(memory, start + (offset ?? 0), buffer.length, dtype);
    };
    return executable(name, compiled, run, viewAt);
  }

  return {
    backend,
    compile,
    read(slot) {
      const buffer = slotBuffers.get(slot);
      const length = sizeOf(slot.shape);
      if (buffer === undefined) return viewOf(new ArrayBuffer(length * 4), 0, length, slot.dtype);
      const { memory, start } = regions.get(buffer)!;
      return viewOf(memory, start, length, slot.dtype).slice();
    },
    write(slot, data) {
      const length = sizeOf(slot.shape);
      if (data.length !== length) {
        throw new ShapeError(
          `write: slot "${slot.name}" takes ${length} elements ${showShape(slot.shape)}, got ${data.length}`,
        );
      }
      const { memory, start } = regions.get(slotBuffer(slot))!;
      viewOf(memory, start, length, slot.dtype).set(data);
    },
  };
}

/**
 * Where the kernels find each buffer. Base 0 is the arena; slots follow in the order the program
 * meets them, so that the same program always makes the same source, and finds it in the cache.
 */
function placesIn(
  compiled: CompiledProgram,
  regions: ReadonlyMap<Buffer, Region>,
  bases: Region[],
): (buffer: Buffer) => Place {
  const numbers = new Map<Buffer, number>();
  return (buffer) => {
    const offset = compiled.memory.offsets.get(buffer);
    if (offset !== undefined) return { base: 0, offset };
    const known = numbers.get(buffer);
    if (known !== undefined) return { base: known, offset: 0 };
    const region = regions.get(buffer);
    if (region === undefined) {
      throw new BackendError(`native: buffer ${buffer.name} has no address`);
    }
    numbers.set(buffer, bases.length);
    bases.push(region);
    return { base: bases.length - 1, offset: 0 };
  };
}

/**
 * The program for several threads. Their pool's cell becomes the last base: every kernel has named
 * its buffers by then. Regions count as far apart, whatever their addresses.
 */
function withThreads(
  program: CProgram,
  { steps }: CompiledProgram,
  count: number,
  bases: Region[],
  host: NativeHost,
): CProgram {
  const meet = meetings(steps, (buffer) => {
    const { base, offset } = program.placeOf(buffer);
    return base * 2 ** 40 + offset;
  });
  const cell = bases.length;
  bases.push(allocate(ALIGNMENT, host));
  return {
    ...program,
    threads: { count, cell, steps: steps.map(({ parts }, i) => ({ parts, meet: meet[i]! })) },
  };
}

/** The call of one step. Its closure keeps alive what the table of addresses points to. */
function callerOf(library: NativeLibrary, bases: readonly Region[], threaded: boolean): () => void {
  const entry = library.entry("run");
  const table = BigUint64Array.from(bases, ({ address }) => address);
  const run = (): void => (bases.length > 0 ? entry(table) : undefined);
  if (threaded) {
    const close = library.entry("run_close");
    // Closing reads the cell, so that is kept until then; the rest may go before.
    const kept = bases.slice(-1);
    abandoned.register(run, () => (kept.length > 0 ? close(table) : undefined));
  }
  return run;
}

async function compileOn(host: NativeHost, source: string, name: string): Promise<NativeLibrary> {
  try {
    return await host.compile(source);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BackendError(`native: ${name} must compile, got ${why}`, { cause: error });
  }
}

function executable(
  name: string,
  compiled: CompiledProgram,
  run: () => void,
  viewAt: (place: NamedBuffer) => BufferView,
): Executable {
  const views = new Map<NamedBuffer, BufferView>();

  function view(table: ReadonlyMap<string, NamedBuffer>, kind: string, key: string): BufferView {
    const found = table.get(key);
    if (found === undefined) {
      const known = [...table.keys()].join(", ") || "none";
      throw new BackendError(`${name}: ${kind} must be one of ${known}, got ${key}`);
    }
    const cached = views.get(found);
    if (cached !== undefined) return cached;
    const fresh = viewAt(found);
    views.set(found, fresh);
    return fresh;
  }
  return {
    input: (key) => view(compiled.inputs, "input", key),
    output: (key) => view(compiled.outputs, "output", key),
    run,
  };
}

function viewOf(memory: ArrayBuffer, start: number, length: number, dtype: DType): BufferView {
  switch (dtype) {
    case "f32":
      return new Float32Array(memory, start, length);
    case "i32":
      return new Int32Array(memory, start, length);
    default:
      return new Uint32Array(memory, start, length);
  }
}

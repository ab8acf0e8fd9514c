/** The native backend's host in Node: a C compiler, a cache of what it made, and `koffi` to call it. */
import { performance } from "node:perf_hooks";
import { join } from "node:path";
import type { address, load } from "koffi";
import { prelude } from "../emit/c/prelude.ts";
import type { NativeHost, NativeHostResult, NativeLibrary } from "../run/native-host.ts";
import { cacheFolder } from "./cache-folder.ts";
import { cachedLibrary } from "./native-cache.ts";
import { CompilerTrouble, findCompiler, runCompiler, type Compiler } from "./native-compiler.ts";

interface Koffi {
  readonly address: typeof address;
  readonly load: typeof load;
}

type Call = (bases: BigUint64Array) => void;

/** What a machine offers does not change while a process runs: each setting is tried once. */
const opened = new Map<string, Promise<NativeHostResult>>();

/** The host of this machine, or why there is none. Never rejects. */
export function openNativeHost(env: NodeJS.ProcessEnv = process.env): Promise<NativeHostResult> {
  const key = JSON.stringify([env["CC"], env["PATH"], cacheFolder(env)]);
  const known = opened.get(key);
  if (known !== undefined) return known;
  const result = open(env);
  opened.set(key, result);
  return result;
}

async function open(env: NodeJS.ProcessEnv): Promise<NativeHostResult> {
  let koffi: Koffi;
  try {
    koffi = await import("koffi");
  } catch (error) {
    return { reason: `needs the package koffi, got ${firstLine(error)}`, broken: false };
  }
  try {
    const compiler = await findCompiler(env);
    return { host: await workingHost(koffi, compiler, env) };
  } catch (error) {
    const broken = !(error instanceof CompilerTrouble) || error.found;
    return { reason: firstLine(error), broken };
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}

/**
 * Tries the compiler on a small program. `PLAIN` avoids the names that compilers give to single
 * instructions, which a later version may have changed.
 */
async function workingHost(
  koffi: Koffi,
  compiler: Compiler,
  env: NodeJS.ProcessEnv,
): Promise<NativeHost> {
  try {
    return await tried(makeHost(koffi, compiler, [], env));
  } catch {
    return tried(makeHost(koffi, compiler, ["-DPLAIN"], env));
  }
}

async function tried(host: NativeHost): Promise<NativeHost> {
  const { lanes } = host;
  const source = `${prelude(lanes)}
PUBLIC void run(char *const *base) {
  float *x = (float *)base[0];
  store_f(x, fma_v(load_f(x), splat_f(2.0f), pmax_v(load_part_f(x, 3), splat_f(-1.0f))));
}
`;
  const { entry } = await host.compile(source);
  const x = Float32Array.from({ length: lanes }, (_, i) => i + 1);
  entry("run")(BigUint64Array.of(host.addressOf(x.buffer)));
  const wrong = x.findIndex((found, i) => found !== 2 * (i + 1) + (i < 3 ? i + 1 : 0));
  if (wrong >= 0) throw new Error(`a trial must give 2x + x, got ${x[wrong]} for ${wrong + 1}`);
  return host;
}

function makeHost(
  koffi: Koffi,
  compiler: Compiler,
  options: readonly string[],
  env: NodeJS.ProcessEnv,
): NativeHost {
  const folder = join(cacheFolder(env), "native");
  const identity = [...options, compiler.identity].join("\n");

  async function library(source: string, afresh: boolean): Promise<NativeLibrary> {
    const start = performance.now();
    const { path, cached } = await cachedLibrary(
      folder,
      identity,
      source,
      (files) => runCompiler(compiler, files, options, env),
      afresh,
    );
    const handle = koffi.load(path);
    return {
      cached,
      milliseconds: performance.now() - start,
      entry: (name) => handle.func(name, "void", ["void *"]) as Call,
    };
  }

  return {
    description: `${compiler.name}, ${compiler.vectors}`,
    lanes: compiler.lanes,
    registers: compiler.registers,
    addressOf: (memory) => koffi.address(memory),
    async compile(source) {
      try {
        return await library(source, false);
      } catch (error) {
        // The compiler's own complaint would come again; a library that does not load may be damaged.
        if (error instanceof CompilerTrouble) throw error;
        return library(source, true);
      }
    },
  };
}

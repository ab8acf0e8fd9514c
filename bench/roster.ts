import { cpus } from "node:os";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { machineHasAvx512 } from "./machine.ts";

export type PeerName = "torch" | "jax-js" | "tfjs-wasm";
type PageName = "evenkeel" | "jax-js" | "tfjs-wasm" | "tfjs-cpu" | "tfjs-webgl";
export type EngineName =
  | "evenkeel-wasm"
  | "evenkeel-wasm-nofma"
  | "evenkeel-native"
  | PeerName
  | `chromium-${PageName}`;

export const peerNames: readonly PeerName[] = ["torch", "jax-js", "tfjs-wasm"];

/** Which of the machine's peaks an engine could reach at best. */
export type PeakClass = "wasm-fma" | "wasm-no-fma" | "native";

/** One line of the table to be: an engine at a number of threads, and how to start it. */
export interface Entrant {
  readonly engine: EngineName;
  readonly threads: number;
  readonly peak: PeakClass;
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** `torch, 2 threads` */
export function entrantLabel({ engine, threads }: Pick<Entrant, "engine" | "threads">): string {
  return `${engine}, ${threads} thread${threads === 1 ? "" : "s"}`;
}

/**
 * Everyone who may take part; whether each is really there is found out by starting it. With
 * `pages`, ourselves and the engines of JavaScript among the peers once more, in Chromium.
 */
export function roster(peers: readonly PeerName[], pages = false): Entrant[] {
  const counts = cpus().length > 1 ? [1, 2] : [1];
  const own: Entrant[] = [
    ...counts.map((threads) => ours("evenkeel-wasm", "wasm-fma", threads)),
    ours("evenkeel-wasm-nofma", "wasm-no-fma"),
    ...counts.map((threads) => ours("evenkeel-native", "native", threads)),
  ];
  const guests = peers.flatMap((peer): Entrant[] => {
    switch (peer) {
      case "torch":
        return counts.map(torch);
      case "jax-js":
        return [inNode("jax-js", "wasm-fma", "jax-js.ts")];
      case "tfjs-wasm":
        return [inNode("tfjs-wasm", "wasm-no-fma", "tfjs-wasm.ts")];
    }
  });
  return [...own, ...guests, ...(pages ? inChromium(peers, counts) : [])];
}

function inChromium(peers: readonly PeerName[], counts: readonly number[]): Entrant[] {
  const page = (name: PageName, peak: PeakClass, ...args: string[]): Entrant =>
    inNode(`chromium-${name}`, peak, "chromium.ts", ...args);
  return [
    ...counts.map((threads) => ({
      ...page("evenkeel", "wasm-fma", "evenkeel", `threads=${threads}`),
      threads,
    })),
    ...(peers.includes("jax-js") ? [page("jax-js", "wasm-fma", "jax-js")] : []),
    ...(peers.includes("tfjs-wasm")
      ? (["wasm", "cpu", "webgl"] as const).map((backend) =>
          page(`tfjs-${backend}`, "wasm-no-fma", "tfjs", `backend=${backend}`),
        )
      : []),
  ];
}

const pathOf = (file: string): string => fileURLToPath(new URL(`engines/${file}`, import.meta.url));

function inNode(engine: EngineName, peak: PeakClass, file: string, ...args: string[]): Entrant {
  // Our own sources, not what was built of them earlier.
  const flags = ["--expose-gc", "--conditions=evenkeel-source"];
  const command = [process.execPath, ...flags, pathOf(file), ...args];
  return { engine, threads: 1, peak, command, environment: process.env };
}

function ours(engine: EngineName, peak: PeakClass, threads = 1): Entrant {
  return { ...inNode(engine, peak, "evenkeel.ts", engine, String(threads)), threads };
}

/**
 * PyTorch at its best: OpenBLAS of Debian's age does not know newer processors and falls back to
 * a slow kernel, so where there is AVX-512 it is told so; and it keeps its own count of threads.
 */
function torch(threads: number): Entrant {
  const python = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("OPENBLAS_"));
  return {
    engine: "torch",
    threads,
    peak: "native",
    command: [python, pathOf("torch-engine.py"), String(threads)],
    environment: {
      ...Object.fromEntries(inherited),
      ...(machineHasAvx512() ? { OPENBLAS_CORETYPE: "SkylakeX" } : {}),
      OPENBLAS_NUM_THREADS: String(threads),
      OMP_NUM_THREADS: String(threads),
      // OpenMP's threads and OpenBLAS's own would spin against each other for the same cores.
      ...(threads > 1 ? { OMP_WAIT_POLICY: "PASSIVE" } : {}),
    },
  };
}

import { statfs } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { dirname } from "node:path";
import { Command } from "commander";
import { catalog } from "../../data/catalog.ts";
import { type BackendReport, describeBackends } from "../backends.ts";
import { cacheFolder } from "../cache-folder.ts";
import { type Action, defineCommand } from "../command.ts";
import { type CacheState, cacheState } from "../data-cache.ts";
import { checkWritable } from "../disk-run-store.ts";
import { packageVersion } from "../package-version.ts";
import { showBytes } from "../units.ts";
import { engineFeatures, type EngineFeatures } from "../engine-features.ts";

interface Findings {
  readonly evenkeel: string;
  readonly node: { readonly version: string; readonly v8: string; readonly platform: string };
  readonly cpu: { readonly model: string; readonly cores: number; readonly available: number };
  readonly memoryBytes: number;
  readonly wasm: EngineFeatures;
  readonly backends: readonly BackendReport[];
  readonly cache: CacheFindings;
}

interface CacheFindings {
  readonly folder: string;
  readonly data: Readonly<Record<string, CacheState>>;
  /** Why nothing can be kept there; null if it can. */
  readonly problem: string | null;
  readonly freeBytes: number | null;
}

const doctor: Action<object> = async ({ output }) => {
  const processors = cpus();
  const findings: Findings = {
    evenkeel: packageVersion(),
    node: {
      version: process.versions.node,
      v8: process.versions.v8,
      platform: `${process.platform} ${process.arch}`,
    },
    cpu: {
      model: processors[0]?.model.trim() ?? "unknown",
      cores: processors.length,
      available: availableParallelism(),
    },
    memoryBytes: totalmem(),
    wasm: engineFeatures(),
    backends: await describeBackends(),
    cache: await inspectCache(),
  };
  output.result(findings, describe(findings).join("\n"));
  return 0;
};

async function inspectCache(): Promise<CacheFindings> {
  const folder = cacheFolder();
  const states = Object.values(catalog).map(
    async (entry) => [entry.name, await cacheState(entry)] as const,
  );
  const problem = await checkWritable(folder).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return {
    folder,
    data: Object.fromEntries(await Promise.all(states)),
    problem,
    freeBytes: await freeBytes(folder),
  };
}

/** Of the disk that holds `folder`, or the nearest folder above it that is there. */
async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return dirname(folder) === folder ? null : freeBytes(dirname(folder));
  }
}

function describe({ evenkeel, node, cpu, memoryBytes, wasm, backends, cache }: Findings): string[] {
  const yes = (there: boolean): string => (there ? "yes" : "no");
  const fused = wasm.fusedMultiplyAdd === true ? ", multiply-add rounds once" : "";
  const width = Math.max(...backends.map(({ name }) => name.length));
  const data = Object.entries(cache.data).map(([name, { state, bytes }]) =>
    state === "complete" ? `${name} (${showBytes(bytes)})` : `${name} (${state})`,
  );
  return [
    `evenkeel   ${evenkeel}`,
    `node       ${node.version} (V8 ${node.v8}, ${node.platform})`,
    `processor  ${cpu.model}: ${cpu.cores} cores, ${cpu.available} for this process`,
    `memory     ${showBytes(memoryBytes)}`,
    `wasm       SIMD ${yes(wasm.simd)}; relaxed SIMD ${yes(wasm.relaxedSimd)}${fused}; shared memory ${yes(wasm.sharedMemory)}`,
    "backends",
    ...backends.map(({ name, reason, description }) =>
      reason === null
        ? `  ${name.padEnd(width)}  found: ${description}`
        : `  ${name.padEnd(width)}  absent: ${reason}`,
    ),
    `cache      ${cache.folder}: ${data.join(", ")}`,
    `disk       ${cache.freeBytes === null ? "unknown" : showBytes(cache.freeBytes)} free there`,
    ...(cache.problem === null ? [] : [`problem    ${cache.problem}`]),
  ];
}

export function doctorCommand(finish: (code: number) => void): Command {
  const command = new Command("doctor").description(
    "say what this machine offers: Node, backends, processor, cache, disk",
  );
  return defineCommand(command, finish, doctor);
}

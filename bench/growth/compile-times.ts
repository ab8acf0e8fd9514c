import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Backend } from "../../src/run/backend.ts";
import { median } from "../report.ts";

export interface CompileTime {
  readonly backend: Backend["name"];
  readonly cache: "cold" | "warm" | "none";
  readonly milliseconds: number;
}

const REPETITIONS = 3;

/** The time from a model until its first step can run, each in a process of its own with its own cache. */
export async function compileTimes(
  backends: readonly Backend["name"][],
  scratch: string,
): Promise<CompileTime[]> {
  return backends.flatMap((backend): CompileTime[] => {
    const cold: number[] = [];
    const warm: number[] = [];
    for (let i = 0; i < REPETITIONS; i++) {
      const cache = join(scratch, `cache-${backend}-${i}`);
      cold.push(firstStep(backend, cache));
      warm.push(firstStep(backend, cache));
    }
    if (backend !== "native") {
      return [{ backend, cache: "none", milliseconds: median([...cold, ...warm]) }];
    }
    return [
      { backend, cache: "cold", milliseconds: median(cold) },
      { backend, cache: "warm", milliseconds: median(warm) },
    ];
  });
}

function firstStep(backend: Backend["name"], cache: string): number {
  const script = fileURLToPath(new URL("first-step.ts", import.meta.url));
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--conditions=evenkeel-source", script, backend],
    { env: { ...process.env, EVENKEEL_CACHE: cache }, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`first-step ${backend}: must end well, got ${stderr}`);
  return Number(stdout);
}

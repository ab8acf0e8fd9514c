import { readFileSync } from "node:fs";
import { arch, cpus, platform, release } from "node:os";

/** The machine, as far as it explains the numbers; nothing that names whose it is. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly os: string;
  readonly node: string;
}

export function describeMachine(): Machine {
  const all = cpus();
  return {
    cpu: (all[0]?.model ?? "unknown").trim() + processorFamily(),
    cores: all.length,
    os: `${platform()} ${release().split("-")[0]!} ${arch()}`,
    node: process.versions.node,
  };
}

export function machineHasAvx512(): boolean {
  return /^flags\s*:.*\bavx512f\b/m.test(processorInfo());
}

/** Virtual machines hide the model's name; family and model number still tell the generation. */
function processorFamily(): string {
  const info = processorInfo();
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}\\s*:\\s*(\\d+)$`, "m").exec(info)?.[1];
  const [family, model] = [field("cpu family"), field("model")];
  return family === undefined || model === undefined ? "" : ` (family ${family}, model ${model})`;
}

function processorInfo(): string {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    // Not Linux: nothing more to say about the processor.
    return "";
  }
}

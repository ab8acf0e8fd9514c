import { cpus } from "node:os";

/** What the records of a run say of the machine it ran on. */
export function machineDescription(): Readonly<Record<string, string>> {
  const processors = cpus();
  return {
    node: `v${process.versions.node}`,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    processor: `${processors[0]?.model.trim() ?? "unknown"}, ${processors.length} cores`,
  };
}

/**
 * `npm run bench`: our training step beside other engines', in alternating rounds.
 * Writes results.json and results.md; see `--help`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startChild } from "./child.ts";
import { installPeers } from "./install-peers.ts";
import { describeMachine } from "./machine.ts";
import { readOptions, usage, type BenchOptions } from "./options.ts";
import { copyBandwidth } from "./peaks/copy-bandwidth.ts";
import { buildNativePeak } from "./peaks/measure.ts";
import { makeProblem, saveProblem } from "./problem.ts";
import { markdown, resultsOf, type Results } from "./report.ts";
import { roster } from "./roster.ts";
import { measureGroup, type Measurement } from "./rounds.ts";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runnable processes, averaged over the last minute, from which on others disturb the numbers. */
const BUSY = 0.5;

async function bench(options: BenchOptions, scratch: string): Promise<Results> {
  // Zero where the system does not say.
  const load = loadavg()[0]!;
  if (options.peers.some((peer) => peer !== "torch")) installPeers(say);
  const bandwidth = copyBandwidth();
  const entrants = roster(options.peers, options.pages);
  const nativePeak = buildNativePeak(scratch);
  if (nativePeak === null) say("no C compiler: the native peak is not measured");
  const measurements: Measurement[] = [];
  const { rounds, seconds } = options;
  const groups = Map.groupBy(options.workloads, ({ name, baseline }) => baseline ?? name);
  for (const group of groups.values()) {
    const settings = { rounds, seconds, scratch, nativePeak, say };
    measurements.push(...(await measureGroup(group, entrants, settings)));
  }
  const heap = options.heapSteps === 0 ? null : await measureHeap(options, scratch);
  const date = new Date().toISOString();
  const results = resultsOf(describeMachine(), date, measurements, heap, bandwidth);
  if (load < BUSY) return results;
  const warning = `the machine was busy (load ${load.toFixed(1)} before the start): take only ratios, and those roughly`;
  return { ...results, warnings: [...results.warnings, warning] };
}

/** Our own engine alone: what it leaves behind in the JavaScript heap over many steps. */
async function measureHeap(options: BenchOptions, scratch: string): Promise<Results["heap"]> {
  const workload = options.workloads.find(({ kind }) => kind === "network");
  if (workload === undefined) throw new Error("--heap: needs a network among the workloads");
  const directory = join(scratch, "heap");
  saveProblem(makeProblem(workload), directory);
  const child = await startChild(roster([]).find(({ engine }) => engine === "evenkeel-wasm")!);
  try {
    say(`${workload.name}: heap growth over ${options.heapSteps} steps ...`);
    await child.ask({ command: "load", directory });
    const { bytes, steps } = await child.ask({ command: "heap", steps: options.heapSteps });
    return { workload: workload.name, steps, bytes };
  } finally {
    child.close();
  }
}

async function main(): Promise<number> {
  let options: BenchOptions | "help";
  try {
    options = readOptions(process.argv.slice(2), fileURLToPath(new URL(".", import.meta.url)));
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  if (options === "help") {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const scratch = mkdtempSync(join(tmpdir(), "evenkeel-bench-"));
  try {
    const results = await bench(options, scratch);
    const titles = new Map(options.workloads.map(({ name, title }) => [name, title]));
    const text = markdown(results, titles);
    mkdirSync(options.out, { recursive: true });
    writeFileSync(join(options.out, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
    writeFileSync(join(options.out, "results.md"), text);
    process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : text);
    // Peers may be missing; our own engine may not.
    return results.absent.some(({ engine }) => engine.startsWith("evenkeel-wasm")) ? 1 : 0;
  } catch (error) {
    say(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exitCode = await main();

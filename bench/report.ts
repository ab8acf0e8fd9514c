import type { Machine } from "./machine.ts";
import type { Peaks } from "./peaks/measure.ts";
import type { EngineName, PeakClass } from "./roster.ts";
import type { Measurement, Series } from "./rounds.ts";
import { usefulFlops } from "./workloads/workload.ts";

/** One engine on one workload. Times are milliseconds per training step, or per operation. */
export interface Row {
  readonly workload: string;
  readonly engine: EngineName;
  readonly threads: number;
  /** Median, least and most of the rounds' means. */
  readonly msMedian: number;
  readonly msMin: number;
  readonly msMax: number;
  /** Median over rounds of (PyTorch's time with one thread / this engine's); null without PyTorch. */
  readonly ratioToTorch1: number | null;
  /** The same with the number of threads whose median is best on this workload. */
  readonly ratioToTorchBest: number | null;
  /** Useful GFLOP/s at the median. */
  readonly gflops: number;
  /** Useful FLOP/s as a share of threads x one thread's peak of its class, median over rounds. */
  readonly shareOfPeak: number | null;
  /** This engine's time / its time on the workload's baseline, median over rounds; null without. */
  readonly costOverBaseline: number | null;
}

export interface Results {
  readonly machine: Machine;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly rounds: number;
  readonly rows: readonly Row[];
  /** Medians over all rounds, GFLOP/s of one thread. */
  readonly peaks: Peaks;
  /** GB/s at which one thread copies memory, before the rounds; null if it was not measured. */
  readonly copyBandwidth: number | null;
  readonly engines: Readonly<Record<string, string>>;
  readonly absent: readonly {
    readonly workload: string;
    readonly engine: EngineName;
    readonly threads: number;
    readonly reason: string;
  }[];
  readonly warnings: readonly string[];
  /** Growth of our own JavaScript heap; null if it was not asked for. */
  readonly heap: {
    readonly workload: string;
    readonly steps: number;
    readonly bytes: number;
  } | null;
}

export function rowsOf(
  { workload, series, peaks }: Measurement,
  measurements: readonly Measurement[],
): Row[] {
  const torches = series.filter(({ entrant }) => entrant.engine === "torch");
  const torch = torches.find(({ entrant }) => entrant.threads === 1);
  const [best] = torches.toSorted((a, b) => median(a.msPerStep) - median(b.msPerStep));
  const baseline = measurements.find((other) => other.workload.name === workload.baseline);
  return series.map(({ entrant, msPerStep }) => {
    const { engine, threads, peak } = entrant;
    const bare = baseline?.series.find((one) => one.entrant === entrant);
    const ratio = medianRatio(torch?.msPerStep, msPerStep);
    const cost = medianRatio(msPerStep, bare?.msPerStep);
    const shares = msPerStep.flatMap((ms, round) => {
      const gflops = peaks[round]![peak];
      return gflops === null ? [] : [usefulFlops(workload) / (ms * 1e6) / (gflops * threads)];
    });
    return {
      workload: workload.name,
      engine,
      threads,
      msMedian: rounded(median(msPerStep)),
      msMin: rounded(Math.min(...msPerStep)),
      msMax: rounded(Math.max(...msPerStep)),
      ratioToTorch1: ratio,
      ratioToTorchBest: medianRatio(best?.msPerStep, msPerStep),
      gflops: rounded(usefulFlops(workload) / (median(msPerStep) * 1e6)),
      shareOfPeak: shares.length === 0 ? null : rounded(median(shares)),
      costOverBaseline: cost,
    };
  });
}

/** Median over rounds of one's time / another's: the machine's moods cancel within a round. */
function medianRatio(above?: readonly number[], below?: readonly number[]): number | null {
  if (above === undefined || below === undefined) return null;
  return rounded(median(above.map((ms, index) => ms / below[index]!)));
}

export function resultsOf(
  machine: Machine,
  date: string,
  measurements: readonly Measurement[],
  heap: Results["heap"],
  copyBandwidth: number | null = null,
): Results {
  const all = measurements.flatMap(({ peaks }) => peaks);
  const peakOf = (peak: PeakClass): number | null => {
    const values = all.flatMap((peaks) => peaks[peak] ?? []);
    return values.length === 0 ? null : rounded(median(values));
  };
  const describe = ({ entrant, description }: Series): [string, string] => [
    `${entrant.engine}/${entrant.threads}`,
    description,
  ];
  return {
    machine,
    date,
    rounds: measurements[0]?.peaks.length ?? 0,
    rows: measurements.flatMap((measurement) => rowsOf(measurement, measurements)),
    peaks: {
      "wasm-fma": peakOf("wasm-fma"),
      "wasm-no-fma": peakOf("wasm-no-fma"),
      native: peakOf("native"),
    },
    copyBandwidth: copyBandwidth === null ? null : rounded(copyBandwidth),
    engines: Object.fromEntries(measurements.flatMap(({ series }) => series.map(describe))),
    absent: measurements.flatMap(({ workload, absent }) =>
      absent.map(({ entrant: { engine, threads }, reason }) => ({
        workload: workload.name,
        engine,
        threads,
        reason,
      })),
    ),
    warnings: [...new Set(measurements.flatMap(({ warnings }) => warnings))],
    heap,
  };
}

/** The table for people, in Markdown: readable as it stands, on a terminal too. */
export function markdown(results: Results, titles: ReadonlyMap<string, string>): string {
  const { machine, peaks } = results;
  const gflops = (value: number | null): string =>
    value === null ? "not measured" : `${value.toFixed(0)} GFLOP/s`;
  const copied =
    results.copyBandwidth === null
      ? ""
      : ` It copies memory at ${results.copyBandwidth.toFixed(1)} GB/s.`;
  const sections = [...new Set(results.rows.map(({ workload }) => workload))].map((name) => {
    const rows = results.rows.filter(({ workload }) => workload === name).map(cells);
    return `## ${name}: ${titles.get(name) ?? ""}\n\n${table([HEADINGS, ...rows])}`;
  });
  const notes = [
    ...results.absent.map(
      ({ workload, engine, threads, reason }) =>
        `- ${workload}: ${engine} (threads: ${threads}) is left out: ${reason}`,
    ),
    ...results.warnings.map((warning) => `- ${warning}`),
    ...(results.heap === null
      ? []
      : [
          `- JavaScript heap growth over ${results.heap.steps} steps of ${results.heap.workload}: ${(results.heap.bytes / 1e6).toFixed(3)} MB`,
        ]),
  ];
  const head = [
    "# Training steps (forward, backward, SGD update) and single products",
    "",
    `${machine.cpu}, ${machine.cores} cores, ${machine.os}, Node ${machine.node}; ${results.date.slice(0, 10)}; ${results.rounds} alternating rounds.`,
    `Peaks of one thread in the same rounds: WebAssembly with FMA ${gflops(peaks["wasm-fma"])}, without ${gflops(peaks["wasm-no-fma"])}, native ${gflops(peaks.native)}.${copied}`,
    "Every engine first gave what a float64 reference gives: the losses and weights of several steps, or the product.",
  ].join("\n");
  const versions = Object.entries(results.engines).map(([name, text]) => `- ${name}: ${text}`);
  return `${[head, ...sections, ["## Notes", "", ...notes, ...versions].join("\n")].join("\n\n")}\n`;
}

const HEADINGS = [
  "engine",
  "threads",
  "ms (median)",
  "ms (least)",
  "ms (most)",
  "PyTorch, 1 thread / it",
  "PyTorch at best / it",
  "GFLOP/s",
  "share of peak",
  "times the baseline",
];

function cells(row: Row): string[] {
  const { engine, threads, msMedian, msMin, msMax, ratioToTorch1, ratioToTorchBest } = row;
  const { gflops, shareOfPeak, costOverBaseline } = row;
  return [
    engine,
    String(threads),
    msMedian.toFixed(3),
    msMin.toFixed(3),
    msMax.toFixed(3),
    ratioToTorch1 === null ? "-" : ratioToTorch1.toFixed(2),
    ratioToTorchBest === null ? "-" : ratioToTorchBest.toFixed(2),
    gflops.toFixed(1),
    shareOfPeak === null ? "-" : `${(100 * shareOfPeak).toFixed(0)} %`,
    costOverBaseline === null ? "-" : costOverBaseline.toFixed(3),
  ];
}

/** A Markdown table with aligned columns: the first to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(rows[0]!), line(rule), ...rows.slice(1).map(line)].join("\n");
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Four significant digits: more would be noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

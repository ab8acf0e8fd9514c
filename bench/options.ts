import { parseArgs } from "node:util";
import { peerNames, type PeerName } from "./roster.ts";
import { usualWorkloads, workloads } from "./workloads/index.ts";
import type { Workload } from "./workloads/workload.ts";

export interface BenchOptions {
  readonly workloads: readonly Workload[];
  readonly peers: readonly PeerName[];
  /** Also measure in Chromium. */
  readonly pages: boolean;
  readonly rounds: number;
  /** Each engine's time per round, in seconds. */
  readonly seconds: number;
  /** Only the JSON object on standard output. */
  readonly json: boolean;
  /** Also measure our own heap's growth over this many steps; 0 leaves it out. */
  readonly heapSteps: number;
  /** Folder of results.json and results.md. */
  readonly out: string;
}

export const usage: string = `npm run bench -- [options]
  --only a,b          workloads: ${workloads.map(({ name }) => name).join(",")}
                      (default: ${usualWorkloads.map(({ name }) => name).join(",")})
  --all               every workload
  --peers a,b | none  engines to compare with (default: ${peerNames.join(",")})
  --browser           also: ours, jax-js and TensorFlow.js in a page in Chromium
  --rounds N          rounds, each with every engine in turn (default: 9)
  --seconds S         time of each engine in each round (default: 0.25)
  --heap N            also: growth of our JavaScript heap over N steps (default: 0, not measured)
  --json              one JSON object on standard output, progress beside it
  --out DIR           where results.json and results.md go (default: bench)`;

/** Reads the command line; throws an Error with one line for people when it makes no sense. */
export function readOptions(args: readonly string[], defaultOut: string): BenchOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      all: { type: "boolean", default: false },
      peers: { type: "string" },
      browser: { type: "boolean", default: false },
      rounds: { type: "string", default: "9" },
      seconds: { type: "string", default: "0.25" },
      heap: { type: "string", default: "0" },
      json: { type: "boolean", default: false },
      out: { type: "string", default: defaultOut },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const peers = values.peers === "none" ? [] : listOf("--peers", values.peers, peerNames);
  const names = workloads.map(({ name }) => name);
  if (values.all && values.only !== undefined) throw new Error("--all: takes no --only beside it");
  const usual = values.all || values.only !== undefined ? workloads : usualWorkloads;
  const wanted = listOf("--only", values.only, names);
  return {
    workloads: usual.filter(({ name }) => wanted.includes(name)),
    peers,
    pages: values.browser,
    rounds: numberFrom("--rounds", values.rounds, { least: 1, whole: true }),
    seconds: numberFrom("--seconds", values.seconds, { least: 0.01, whole: false }),
    heapSteps: numberFrom("--heap", values.heap, { least: 0, whole: true }),
    json: values.json,
    out: values.out,
  };
}

function listOf<Name extends string>(
  option: string,
  text: string | undefined,
  known: readonly Name[],
): readonly Name[] {
  if (text === undefined) return known;
  return text.split(",").map((given) => {
    const name = known.find((candidate) => candidate === given.trim());
    if (name === undefined) throw new Error(`${option}: takes ${known.join(", ")}, got ${given}`);
    return name;
  });
}

function numberFrom(
  option: string,
  text: string,
  { least, whole }: { readonly least: number; readonly whole: boolean },
): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= least && Number.isFinite(value)) {
    if (!whole || Number.isInteger(value)) return value;
  }
  throw new Error(
    `${option}: takes a ${whole ? "whole " : ""}number of at least ${least}, got ${text}`,
  );
}

import { asFloats } from "../data/as-floats.ts";
import { gatherInputs, gatherTargets, gatherWeights } from "../data/gather.ts";
import type { Examples, Split } from "../data/dataset.ts";
import type { Program } from "../graph/value.ts";
import type { Executable, Session } from "../run/backend.ts";
import type { Breather } from "./breather.ts";
import { SAMPLE_WEIGHTS } from "./build-step.ts";
import { inputNames } from "./input-names.ts";

/** Runs a forward program over all of a split, in order, whatever its size. */
export type ChunkRunner = (
  visit: (executable: Executable, start: number, count: number) => void,
  breathe: Breather,
) => Promise<void>;

export interface ChunkOptions {
  /** For messages and printed stages. */
  readonly name: string;
  /** The program for a batch of that size, with input `x` and perhaps `target` and `sampleWeights`. */
  build(size: number): Program;
  /** Inputs that are the same for every chunk, by name; defaults to *none*. */
  readonly constants?: Readonly<Record<string, Float32Array>>;
}

/** Compiles one program for whole chunks and, if they leave a remainder, one more for it. */
export async function compileChunks(
  session: Session,
  examples: Examples & Partial<Pick<Split, "targets" | "targetShape" | "weights">>,
  { name, build, constants = {} }: ChunkOptions,
): Promise<ChunkRunner> {
  const split = asFloats(examples);
  const size = chunkSize(split.count);
  const remainder = split.count % size;
  const program = build(size);
  const names = inputNames(program);
  const whole = await session.compile(program, { name });
  const last = remainder === 0 ? whole : await session.compile(build(remainder), { name });
  const rows = Uint32Array.from({ length: split.count }, (_, i) => i);
  return async (visit, breathe) => {
    for (let start = 0; start < split.count; start += size) {
      const count = Math.min(size, split.count - start);
      const executable = count === size ? whole : last;
      const batch = { rows, start, count };
      gatherInputs(split, batch, executable.input("x") as Float32Array);
      if (names.has("target")) gatherTargets(split as Split, batch, executable.input("target"));
      if (names.has(SAMPLE_WEIGHTS)) {
        gatherWeights(split, batch, executable.input(SAMPLE_WEIGHTS));
      }
      for (const [constant, data] of Object.entries(constants)) {
        if (names.has(constant)) executable.input(constant).set(data);
      }
      executable.run();
      visit(executable, start, count);
      const pause = breathe();
      if (pause !== null) await pause;
    }
  };
}

/** Examples per program run: large enough to be quick, small enough for the cache. */
const LARGEST = 512;

/** A divisor of `count` if there is a fair one, since a remainder costs a second program. */
export function chunkSize(count: number): number {
  if (count <= LARGEST) return count;
  for (let size = LARGEST; size >= LARGEST / 4; size--) if (count % size === 0) return size;
  return LARGEST;
}

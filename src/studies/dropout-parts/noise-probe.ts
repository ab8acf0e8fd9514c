import { streamKey } from "../../base/random.ts";
import { gatherInputs, shuffledIndices, type Split } from "../../data/index.ts";
import { input } from "../../graph/index.ts";
import { trace } from "../../nn/index.ts";
import type { Probe, ProbeSite, ProbeValues } from "../../probes/index.ts";

export interface NoiseProbeOptions {
  /** The split that the network trains on. */
  readonly examples: Split;
  readonly batchSize: number;
  /** The run's seed. */
  readonly seed: number;
  /** Steps between observations. */
  readonly every: number;
}

/** Its name among a run's probes. */
export const NOISE = "noise";

/**
 * What the random layers do to the units they act on, in the training phase, over one batch.
 *
 * Values: one number per random layer, from the input up, over its inputs that are not zero:
 *         `count`, how many there are; `dropped`, the share that comes out as zero; `mean` and `variance` of output / input,
 *         which dropout that keeps a share p makes 1 and (1 − p) / p.
 * Unit:   shares and multiples.
 */
export function noiseProbe({ examples, batchSize, seed, every }: NoiseProbeOptions): Probe {
  return Object.freeze({
    name: NOISE,
    unit: "output ÷ input of a random layer",
    every,
    mode: `${batchSize} training examples; random layers draw as in training; nothing updated`,
    async prepare({ model, tree, session }: ProbeSite) {
      const x = input("x", [batchSize, ...examples.shape]);
      const { observations, randomStreams } = trace(model, x, { phase: "train", tree });
      const paths = new Set(randomStreams.map((stream) => stream.input.replace("random/", "")));
      const random = observations.filter(({ path }) => paths.has(path));
      const outputs = random.flatMap((layer, at) => [
        [`before${at}`, layer.input] as const,
        [`after${at}`, layer.output] as const,
      ]);
      if (random.length === 0) return () => ({ count: [], dropped: [], mean: [], variance: [] });
      const program = { outputs: Object.fromEntries(outputs), writes: [] };
      const executable = await session.compile(program, { name: "probe-noise" });
      const rows = shuffledIndices(examples.count, seed, 0).subarray(0, batchSize);
      return (step: number): ProbeValues => {
        gatherInputs(examples, { rows }, executable.input("x") as Float32Array);
        for (const { input: name, stream } of randomStreams) {
          executable.input(name).set(streamKey(seed, stream, step));
        }
        executable.run();
        const seen = random.map((_, at) =>
          factorsOf(
            executable.output(`before${at}`) as Float32Array,
            executable.output(`after${at}`) as Float32Array,
          ),
        );
        return {
          count: seen.map(({ count }) => count),
          dropped: seen.map(({ dropped }) => dropped),
          mean: seen.map(({ mean }) => mean),
          variance: seen.map(({ variance }) => variance),
        };
      };
    },
  } satisfies Probe);
}

interface Factors {
  readonly count: number;
  readonly dropped: number;
  readonly mean: number;
  readonly variance: number;
}

/** Over the values that are not zero before; all 0 if there is none. */
export function factorsOf(before: Float32Array, after: Float32Array): Factors {
  const factors: number[] = [];
  before.forEach((value, at) => {
    if (value !== 0) factors.push(after[at]! / value);
  });
  const { length } = factors;
  if (length === 0) return { count: 0, dropped: 0, mean: 0, variance: 0 };
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / length;
  const squares = factors.reduce((sum, factor) => sum + (factor - mean) ** 2, 0);
  const dropped = factors.filter((factor) => factor === 0).length / length;
  return { count: length, dropped, mean, variance: squares / length };
}

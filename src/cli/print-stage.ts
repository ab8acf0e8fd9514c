/** `--print`: what the compiler makes of a study's training step, without training. */
import { BackendError } from "../base/errors.ts";
import { sizeOf, type Shape } from "../base/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Study, StudyData } from "../experiments/index.ts";
import type { Backend, CompileOptions } from "../run/backend.ts";

export const stages = ["graph", "fused", "memory", "loops", "code"] as const;

export type StageName = (typeof stages)[number];

/** More than any study's batch. */
const BLANKS = 1_000;

/** The program whose stages are shown: forward, backward, update and statistics of one step. */
const shown = "train-step";

/**
 * The stage's text for each arm of a study. Small data will do: a step's program depends on the
 * batch's shape alone.
 *
 * Errors: BackendError if the backend does not go through that stage.
 */
export async function printStage(
  study: Study,
  backend: Backend,
  stage: StageName,
): Promise<Record<string, string>> {
  const data = "generate" in study.data ? await study.data.generate() : blank(study.data);
  const texts: Record<string, string> = {};
  for (const { id: arm } of study.protocol.arms) {
    let seen: string | null = null;
    const watched = watchCompiler(backend, (name, text) => {
      if (name === stage) seen = text();
    });
    const scale = { ...study.protocol.presets.quick, steps: 1 };
    const events = study.train({
      arm,
      seed: 1,
      scale,
      data,
      backend: watched,
      saveCheckpoint: async () => {},
    });
    // The first event comes once everything is compiled; then the run is left.
    for await (const _ of events) break;
    if (seen === null) {
      throw new BackendError(
        `${backend.name}: must go through a stage to print it, got "${stage}"`,
      );
    }
    texts[arm] = seen;
  }
  return texts;
}

/** Examples of the shape the study trains on, all zero: a step's program depends on no value. */
function blank({ name, options }: Extract<StudyData, { readonly options: unknown }>): Dataset {
  const shape =
    (options["shape"] as Shape | undefined) ?? (name === "cifar10" ? [32, 32, 3] : [784]);
  const inputs = new Uint8Array(BLANKS * sizeOf(shape));
  const split = {
    inputs,
    inputScale: 1 / 255,
    targets: new Int32Array(BLANKS),
    shape,
    count: BLANKS,
  };
  return { name, hash: "blank", train: split, test: split, classes: 10 };
}

function watchCompiler(backend: Backend, inspect: NonNullable<CompileOptions["inspect"]>): Backend {
  return {
    ...backend,
    async open() {
      const session = await backend.open();
      return {
        ...session,
        compile: async (program, options = {}) =>
          session.compile(program, options.name === shown ? { ...options, inspect } : options),
      };
    },
  };
}

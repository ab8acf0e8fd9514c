/** `--print`: what the compiler makes of a study's training step, without training. */
import { BackendError } from "../base/errors.ts";
import { digitsSample } from "../data/digits-sample.ts";
import type { Study } from "../experiments/index.ts";
import type { Backend, CompileOptions } from "../run/backend.ts";

export const stages = ["graph", "fused", "memory", "loops", "code"] as const;

export type StageName = (typeof stages)[number];

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
  const data = await digitsSample();
  const texts: Record<string, string> = {};
  for (const { id: arm } of study.protocol.arms) {
    let seen: string | null = null;
    const watched = watchCompiler(backend, (name, text) => {
      if (name === stage) seen = text();
    });
    const scale = { steps: 1, seeds: 1, evaluateEvery: 1, observeEvery: 1, checkpointEvery: 1 };
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

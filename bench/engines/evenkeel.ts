import type { Backend } from "../../src/run/backend.ts";
import { selectBackend } from "../../src/run/select.ts";
import type { Engine } from "./engine.ts";
import { evenkeelTrainer } from "./evenkeel-trainer.ts";
import { serve } from "./serve.ts";

/** The engines' names and what each asks of `selectBackend`. */
const variants = {
  "evenkeel-wasm": { backend: "wasm", fma: true },
  "evenkeel-wasm-nofma": { backend: "wasm", fma: false },
  "evenkeel-native": { backend: "native", fma: true },
} as const;

/** Reaches for backends by name as a user would; one that is not there is said by its own error. */
const select = selectBackend as (name: string, options: { fma: boolean }) => Promise<Backend>;

async function start(): Promise<Engine> {
  const [, , name = ""] = process.argv;
  const variant = Object.entries(variants).find(([known]) => known === name)?.[1];
  if (variant === undefined) throw new Error(`evenkeel: needs a known variant, got ${name}`);
  const backend = await select(variant.backend, { fma: variant.fma });
  if (backend.name !== variant.backend) {
    throw new Error(`evenkeel: asked for the backend ${variant.backend}, got ${backend.name}`);
  }
  // A number measured with FMA must never stand in the row without it, nor the other way about.
  if (variant.backend === "wasm" && /\bwith FMA\b/.test(backend.description) !== variant.fma) {
    throw new Error(`evenkeel: asked for fma: ${variant.fma}, got "${backend.description}"`);
  }
  return {
    description: `Evenkeel, ${backend.description}`,
    load: (problem) => evenkeelTrainer(backend, problem),
  };
}

await serve(start);

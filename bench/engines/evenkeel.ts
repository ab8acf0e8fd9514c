import type { Backend } from "../../src/run/backend.ts";
import { selectBackend } from "../../src/run/select.ts";
import { wasmBackend } from "../../src/run/wasm.ts";
import type { Engine } from "./engine.ts";
import { evenkeelTrainer } from "./evenkeel-trainer.ts";
import { serve } from "./serve.ts";

/** By name, as a user would; a backend that is not built says so in its own words. */
const select = selectBackend as (name: string) => Promise<Backend>;

/** The engines' names and the backend of each. */
const variants: Readonly<Record<string, () => Backend | Promise<Backend>>> = {
  "evenkeel-wasm": () => wasmBackend({ fma: true }),
  "evenkeel-wasm-nofma": () => wasmBackend({ fma: false }),
  "evenkeel-native": () => select("native"),
};

async function start(): Promise<Engine> {
  const [, , name = ""] = process.argv;
  const variant = variants[name];
  if (variant === undefined) throw new Error(`evenkeel: needs a known variant, got ${name}`);
  const backend = await variant();
  return {
    description: `Evenkeel, ${backend.description}`,
    load: (problem) => evenkeelTrainer(backend, problem),
  };
}

await serve(start);

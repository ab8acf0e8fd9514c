import type { Backend } from "../../src/run/backend.ts";
import { selectBackend } from "../../src/run/select.ts";
import { wasmBackend } from "../../src/run/wasm.ts";
import type { Engine } from "./engine.ts";
import { evenkeelCalculator } from "./evenkeel-calculator.ts";
import { evenkeelTrainer } from "./evenkeel-trainer.ts";
import { serve } from "./serve.ts";

/** The engines' names and the backend of each. */
const variants: Readonly<Record<string, (threads: number) => Backend | Promise<Backend>>> = {
  "evenkeel-wasm": (threads) => wasmBackend({ fma: true, threads }),
  "evenkeel-wasm-nofma": () => wasmBackend({ fma: false }),
  "evenkeel-native": (threads) => selectBackend("native", { threads }),
};

async function start(): Promise<Engine> {
  const [, , name = "", threads = "1"] = process.argv;
  const variant = variants[name];
  if (variant === undefined) throw new Error(`evenkeel: needs a known variant, got ${name}`);
  const backend = await variant(Number(threads));
  return {
    description: `Evenkeel, ${backend.description}`,
    load: (problem) => evenkeelTrainer(backend, problem),
    loadOperation: (problem) => evenkeelCalculator(backend, problem),
  };
}

await serve(start);

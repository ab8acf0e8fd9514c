import { wasmBackend } from "../../../src/run/wasm.ts";
import { evenkeelCalculator } from "../evenkeel-calculator.ts";
import { evenkeelTrainer } from "../evenkeel-trainer.ts";
import { answerWith } from "./answer.ts";

/** With as many threads as the worker's address says. */
export function startEvenkeel(): void {
  answerWith(async () => {
    const threads = Number(new URL(self.location.href).searchParams.get("threads"));
    const backend = wasmBackend({ fma: true, threads });
    return {
      description: `Evenkeel, ${backend.description}`,
      load: (problem) => evenkeelTrainer(backend, problem),
      loadOperation: (problem) => evenkeelCalculator(backend, problem),
    };
  });
}

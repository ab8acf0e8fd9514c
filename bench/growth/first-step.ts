/** Prints the milliseconds from a model until its first step can run, on the backend named. */
import { backendNames, selectBackend } from "../../src/run/select.ts";
import { evenkeelTrainer } from "../engines/evenkeel-trainer.ts";
import { makeProblem } from "../problem.ts";
import { vggSBatchNorm } from "../workloads/vgg-s-bn.ts";

const name = backendNames.find((known) => known === process.argv[2]);
if (name === undefined) throw new Error(`first-step: takes a backend, got ${process.argv[2]}`);
const backend = await selectBackend(name);
const problem = makeProblem(vggSBatchNorm);
const start = performance.now();
await evenkeelTrainer(backend, problem);
process.stdout.write(`${performance.now() - start}\n`);

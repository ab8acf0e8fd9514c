import type { Program, Value } from "../graph/value.ts";
import type { Session } from "../run/backend.ts";
import type { StepProgram } from "./build-step.ts";
import { fed, type Driver } from "./driver.ts";

/**
 * Runs the forward pass of step `index` with every layer's output in sight, on the weights the
 * session holds, and returns the path of the first layer whose output is not finite: "input" if
 * the batch itself is not, null if only the loss is not.
 *
 * Inner layers are looked at before those that contain them, so the path is the innermost.
 */
export async function firstDiverged(
  session: Session,
  step: StepProgram,
  driver: Driver,
  index: number,
): Promise<string | null> {
  const { observations } = step.trace;
  const outputs: Record<string, Value> = {};
  observations.forEach(({ output }, i) => (outputs[`output${i}`] = output));
  const program: Program = { outputs, writes: [] };
  const executable = await session.compile(program, { name: "divergence" });
  const forward = fed(executable, program, step);
  driver.feed(forward, index);
  if (forward.x !== null && !allFinite(forward.x)) return "input";
  executable.run();
  const found = observations.find((_, i) => !allFinite(executable.output(`output${i}`)));
  return found === undefined ? null : found.path || found.label;
}

function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

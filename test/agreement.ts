/** Runs one program on a backend and on the float64 reference, and measures how far they are apart. */
import type { Program, Slot } from "../src/graph/value.ts";
import type { Backend } from "../src/run/backend.ts";
import { reference } from "../src/run/reference.ts";
import { inputOp } from "../src/graph/ops/input.ts";
import { attrsOf, isOp, programValues } from "../src/graph/value.ts";

export interface RunInput {
  readonly inputs: Readonly<Record<string, ArrayLike<number>>>;
  readonly slots?: ReadonlyMap<Slot, ArrayLike<number>>;
}

/** Every output and every written slot after one run, by name. */
async function runOn(
  backend: Backend,
  program: Program,
  { inputs, slots = new Map() }: RunInput,
): Promise<Map<string, Float64Array>> {
  const session = await backend.open();
  const executable = await session.compile(program);
  for (const [slot, data] of slots) session.write(slot, data);
  for (const value of programValues(program)) {
    if (!isOp(value, inputOp)) continue;
    const { name } = attrsOf(value, inputOp);
    executable.input(name).set(inputs[name]!);
  }
  executable.run();
  const results = new Map<string, Float64Array>();
  for (const name of Object.keys(program.outputs)) {
    results.set(`output ${name}`, Float64Array.from(executable.output(name)));
  }
  for (const { slot } of program.writes) {
    results.set(`write ${slot.name}`, Float64Array.from(session.read(slot)));
  }
  return results;
}

/**
 * The largest difference of any result, relative to the largest finite element of its array (or 1).
 * Infinity where one is finite and the other is not.
 */
export async function disagreement(
  backend: Backend,
  program: Program,
  data: RunInput,
): Promise<number> {
  const actual = await runOn(backend, program, data);
  const expected = await runOn(reference, program, data);
  let worst = 0;
  for (const [name, values] of expected) {
    const others = actual.get(name)!;
    if (others.length !== values.length) return Infinity;
    const finite = values.filter(Number.isFinite);
    const scale = finite.reduce((most, number) => Math.max(most, Math.abs(number)), 1);
    values.forEach((value, i) => {
      const other = others[i]!;
      if (value === other || (Number.isNaN(value) && Number.isNaN(other))) return;
      const gap = Math.abs(value - other) / scale;
      worst = Math.max(worst, Number.isFinite(gap) ? gap : Infinity);
    });
  }
  return worst;
}

import type { NetworkProblem } from "./problem.ts";
import type { Outcome } from "./reference.ts";

export interface Verdict {
  /** Null if the engine agrees with the reference; else what it got wrong first. */
  readonly reason: string | null;
  /** Largest error found, as a share of what is allowed. */
  readonly worst: number;
}

/**
 * Compares an f32 engine with the float64 reference by how far each tensor *moved*, not by where
 * it is: five small steps leave every weight nearly where it was, whatever the engine did.
 */
export function checkOutcome(problem: NetworkProblem, expected: Outcome, got: Outcome): Verdict {
  const findings = [...lossErrors(problem, expected, got), ...tensorErrors(problem, expected, got)];
  // NaN compares false with everything, so ask for what is right rather than for what is wrong.
  const bad = findings.find(({ error, allowed }) => !(error <= allowed));
  const worst = Math.max(0, ...findings.map(({ error, allowed }) => error / allowed));
  const reason =
    bad === undefined
      ? null
      : `${bad.what} is off by ${bad.error.toExponential(1)}, allowed ${bad.allowed.toExponential(1)}`;
  return { reason, worst };
}

interface Finding {
  readonly what: string;
  readonly error: number;
  readonly allowed: number;
}

function lossErrors({ workload }: NetworkProblem, expected: Outcome, got: Outcome): Finding[] {
  return expected.losses.map((loss, step) => ({
    what: `loss ${step + 1}`,
    error: Math.abs((got.losses[step] ?? Number.NaN) - loss),
    allowed: workload.tolerance.loss * Math.max(1, Math.abs(loss)),
  }));
}

function tensorErrors(
  { tensors, workload }: NetworkProblem,
  expected: Outcome,
  got: Outcome,
): Finding[] {
  const { movement, ulps } = workload.tolerance;
  return [...tensors].map(([name, start]) => {
    const right = expected.tensors.get(name)!;
    const given = got.tensors.get(name);
    const error = norm(right.length, (i) => (given?.[i] ?? Number.NaN) - right[i]!);
    const moved = norm(right.length, (i) => right[i]! - start[i]!);
    // Where a value is small its neighbours are not: rounding goes by the tensor's whole scale.
    const stored = norm(right.length, (i) => right[i]!) + Math.sqrt(right.length) * 1e-2;
    const rounding = ulps * 2 ** -24 * expected.losses.length * stored;
    return { what: name, error, allowed: movement * moved + rounding };
  });
}

function norm(length: number, value: (index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += value(i) ** 2;
  return Math.sqrt(sum);
}

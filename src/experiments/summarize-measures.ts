import { meanInterval } from "./statistics.ts";
import type { Study } from "./study.ts";
import type { ArmSummary, MeasureSummary, RunResult } from "./study-result.ts";

/** The measures of all runs, by arm and seed, with the mean's 95 % interval per arm. */
export function summarizeMeasures<Arms extends string, Measures extends string>(
  study: Study<Arms, Measures>,
  runs: readonly Pick<RunResult, "arm" | "seed" | "measures">[],
): Readonly<Record<Measures, MeasureSummary>> {
  const entries = Object.entries(study.measures) as [Measures, Study["measures"][string]][];
  return Object.fromEntries(
    entries.map(([name, { label, unit, definition, digits, notation }]) => {
      const arms = study.protocol.arms.map(({ id }): [string, ArmSummary] => {
        const own = runs.filter(({ arm }) => arm === id);
        const measured = own.map(({ seed, measures }) => [seed, measures[name]!] as const);
        const values = measured.flatMap(([, { value }]) => (value === null ? [] : [value]));
        return [
          id,
          {
            perSeed: Object.fromEntries(measured.map(([seed, { value }]) => [String(seed), value])),
            interval: meanInterval(values),
            atLeast: measured.filter(([, { atLeast }]) => atLeast).length,
          },
        ];
      });
      const style = { unit, digits, ...(notation && { notation }) };
      return [name, { label, ...style, definition, arms: Object.fromEntries(arms) }];
    }),
  ) as Record<Measures, MeasureSummary>;
}

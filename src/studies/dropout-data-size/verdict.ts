import {
  combineFindings,
  findBelow,
  findLarger,
  findSmaller,
  type Finding,
  type InterventionCheck,
  type MeasureSummary,
  type PerSeed,
  type Verdict,
} from "../../experiments/index.ts";
import type { DataSizeMeasure } from "./measures.ts";
import { EXAMPLE_COUNTS, type ExampleCount } from "./model.ts";

type Summaries = Readonly<Record<DataSizeMeasure, MeasureSummary>>;

/** A gain below this share of the errors is none. */
const NO_GAIN = 0.05;

export const RULE: string =
  "The gain at a size is the share of the test errors without dropout that dropout takes away, seed by seed. By 95 % t-intervals over seeds: at 100 and at 500 digits it must lie below 5 %; at 5,000 and 10,000 dropout must lower the error (paired interval of the errors’ difference); and the gain at 5,000 must be larger than that at 100 and than that at 50,000. The claim is contradicted if any part is, supported if all are, undecided otherwise, or if dropout did not do what it should.";

/** The verdict on the whole curve. */
export function judge(summaries: Summaries, check: InterventionCheck): Verdict {
  const summary = summaries["test-error"];
  const gain = gainSummary(summary);
  const measure = "test-error";
  const none = (examples: 100 | 500): Finding =>
    findBelow({
      claim: `With ${examples} digits dropout gains nothing.`,
      measure,
      summary: gain,
      arm: String(examples),
      bound: NO_GAIN,
      of: `share of errors taken away at ${examples}`,
    });
  const lower = (examples: 5_000 | 10_000): Finding =>
    findSmaller({
      claim: `With ${grouped(examples)} digits dropout lowers the error.`,
      measure,
      summary,
      first: `with-${examples}`,
      second: `without-${examples}`,
      difference: "with − without dropout",
    });
  const more = (claim: string, than: ExampleCount): Finding =>
    findLarger({
      claim,
      measure,
      summary: gain,
      first: "5000",
      second: String(than),
      difference: `share of errors taken away at 5,000 − at ${grouped(than)}`,
    });
  return combineFindings(
    [
      none(100),
      none(500),
      lower(5_000),
      lower(10_000),
      more("The gain grows with the data at first.", 100),
      more("It shrinks again when there is much.", 50_000),
    ],
    check,
  );
}

/** Per size and seed: 1 − error with dropout / error without it. */
export function gainSummary(summary: MeasureSummary): MeasureSummary {
  const arms = EXAMPLE_COUNTS.map((examples) => {
    const [without, dropped] = [`without-${examples}`, `with-${examples}`].map(
      (arm) => summary.arms[arm]!,
    );
    const perSeed: PerSeed = Object.fromEntries(
      Object.entries(without!.perSeed).map(([seed, before]) => {
        const after = dropped!.perSeed[seed] ?? null;
        return [seed, before === null || after === null ? null : 1 - after / before];
      }),
    );
    return [String(examples), { ...dropped!, perSeed }] as const;
  });
  return { ...summary, label: "Share of errors taken away", arms: Object.fromEntries(arms) };
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

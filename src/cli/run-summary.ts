/** A study's result on one screen, and as the one JSON object of `--json`. */
import { formatMeasure, type MeasureSummary, type StudyResult } from "../experiments/index.ts";
import { countedSeeds } from "../experiments/finding-text.ts";
import { textTable } from "./text-table.ts";
import { showSeconds } from "./units.ts";

export interface RunPlace {
  /** Runs at a time; absent where nothing was run. */
  readonly threads?: number;
  /** The study's folder. */
  readonly folder: string;
  readonly report: string;
}

export function summaryJson(result: StudyResult, { threads, folder, report }: RunPlace): object {
  const { study, preset, overrides, scale, seeds, verdict, check, measures, diverged, provenance } =
    result;
  const [main] = verdict.findings;
  return {
    study,
    preset,
    overrides,
    scale,
    seeds,
    verdict: verdict.outcome,
    because: verdict.because,
    interval:
      main === undefined ? null : intervalOf(main.gap, main.measure, measures[main.measure]?.unit),
    findings: verdict.findings,
    check,
    diverged,
    measures,
    runs: result.runs.map(
      ({ id, arm, seed, step, outcome, divergence, measures: measured, seconds, resumedFrom }) => ({
        id,
        arm,
        seed,
        step,
        outcome,
        divergence,
        measures: measured,
        seconds,
        resumedFrom,
      }),
    ),
    backend: provenance.backend,
    ...(threads !== undefined && { threads }),
    seconds: provenance.seconds,
    folder,
    report,
  };
}

function intervalOf(
  { low, high, mean, level, n }: StudyResult["verdict"]["findings"][number]["gap"],
  measure: string,
  unit: string | undefined,
): object {
  return { measure, unit: unit ?? null, low, high, mean, level, n };
}

/** `strong` emphasises a heading where that is possible. */
export function summaryText(
  result: StudyResult,
  report: string,
  strong: (text: string) => string,
): string {
  const { verdict, check, diverged, provenance, runs, seeds, measures } = result;
  const tables = Object.entries(measures).map(
    ([name, measure]) => `${measure.label} (${measure.unit})\n${table(result, name, measure)}`,
  );
  const findings = verdict.findings.map(
    ({ claim, outcome, because }) => `  ${outcome}: ${claim} ${because}.`,
  );
  return [
    ...tables,
    ...divergences(result),
    `check: ${check.passed ? "passed" : "FAILED"}: ${check.because}.`,
    [strong(`verdict: ${verdict.outcome}`) + `: ${verdict.because}.`, ...findings].join("\n"),
    [
      `${runs.length} runs, ${countedSeeds(seeds.length, result.protocol.arms.length > 1)}${diverged > 0 ? `, ${diverged} diverged` : ""}; ` +
        `${provenance.backend}; ${showSeconds(provenance.seconds)}`,
      `report: ${report}`,
    ].join("\n"),
  ].join("\n\n");
}

function table(result: StudyResult, name: string, measure: MeasureSummary): string {
  const { protocol, seeds, runs } = result;
  const own = (arm: string, seed: number): string => {
    const measured = runs.find((run) => run.arm === arm && run.seed === seed)?.measures[name];
    return `${measured?.atLeast === true ? ">= " : ""}${show(measured?.value ?? null, measure)}`;
  };
  const heading = ["  arm", ...seeds.map((seed) => `seed ${seed}`), "mean", "95 % interval"];
  const rows = protocol.arms.map(({ id }) => {
    const { interval, atLeast } = measure.arms[id]!;
    const { mean, low, high } = interval;
    const shown = seeds.map((seed) => own(id, seed));
    const centre = `${atLeast > 0 ? ">= " : ""}${show(mean, measure)}`;
    const ends = low === null ? "-" : `[${show(low, measure)}, ${show(high, measure)}]`;
    return [`  ${id}`].concat(shown, centre, ends);
  });
  return textTable([heading, ...rows]);
}

/** Shares are kept in [0, 1] and shown in per cent. */
function show(value: number | null, measure: MeasureSummary): string {
  return value === null ? "-" : formatMeasure(value, measure).replace("−", "-");
}

function divergences({ runs }: StudyResult): string[] {
  const lines = runs.flatMap(({ arm, seed, divergence }) =>
    divergence === null
      ? []
      : [
          `${arm}, seed ${seed}: diverged at step ${divergence.step}, loss ${divergence.loss}, ` +
            `first not finite: ${divergence.layer ?? "the loss itself"}`,
        ],
  );
  return lines.length === 0 ? [] : [lines.join("\n")];
}

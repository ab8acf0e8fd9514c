/** A report's tables: findings, and every measure of every run. */
import { findingNumbers, formatMeasure } from "../finding-text.ts";
import type { Finding, Measured } from "../study-parts.ts";
import type { ArmSummary, MeasureSummary, RunResult, StudyResult } from "../study-result.ts";
import { armKey } from "./arm-key.ts";
import type { DataTable } from "./figure.ts";
import { markup, type Html } from "./markup.ts";

const SYMBOLS = { supports: "✓", contradicts: "✕", undecided: "?" } as const;
const WORDS = {
  supports: "supported",
  contradicts: "contradicted",
  undecided: "undecided",
} as const;

/** `✓ supported`: a sign and a word, so that colour is not needed. */
export function outcomeText(outcome: Finding["outcome"]): string {
  return `${SYMBOLS[outcome]} ${WORDS[outcome]}`;
}

/** Keeps an interval's ends on one line. */
export function unbroken(text: string): string {
  return text.replace(/\[[^\]]*\]/g, (interval) => interval.replaceAll(" ", "\u00a0"));
}

export function findingsTable({ verdict, measures, protocol }: StudyResult): Html {
  const head = protocol.arms.map(
    ({ short }) => markup`<th scope="col" class="number">${short}</th>`,
  );
  const rows = verdict.findings.map((finding) => {
    const summary = measures[finding.measure]!;
    const means = protocol.arms.map(
      ({ id }) => markup`<td class="number">${meanText(summary.arms[id]!, summary)}</td>`,
    );
    return markup`<tr>
<th scope="row">${finding.claim}<br><span class="note">${summary.label}</span></th>${means}
<td>${unbroken(findingNumbers(finding, summary))}<br><span class="note">${finding.difference}</span></td>
<td class="number">${effectText(finding)}</td>
<td class="${finding.outcome}"><span class="tone">${outcomeText(finding.outcome)}</span></td></tr>`;
  });
  return markup`<div class="scroll"><table id="findings"><thead><tr><th scope="col">Part of the claim</th>${head}<th scope="col">What it rests on</th><th scope="col" class="number">Effect size</th><th scope="col">Finding</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function effectText({ gap, of }: Finding): string {
  if (of === "errors") return "–";
  return gap.effectSize === null ? "unknown" : gap.effectSize.toFixed(1);
}

function meanText({ interval }: ArmSummary, summary: MeasureSummary): string {
  return interval.mean === null
    ? "–"
    : withUnit(formatMeasure(interval.mean, summary), summary.unit);
}

/** One row per run, and one per arm with the mean and its interval. */
export function runsTable(result: StudyResult): Html {
  const { measures, protocol, runs } = result;
  const names = Object.keys(measures);
  const head = names.map((name) => {
    const { label, unit } = measures[name]!;
    return markup`<th scope="col" class="number">${label}<br><span class="note">${unit}</span></th>`;
  });
  const groups = protocol.arms.map(({ id, label }, index) => {
    const own = runs.filter(({ arm }) => arm === id);
    const cells = names.map((name) => {
      const summary = measures[name]!;
      const { interval } = summary.arms[id]!;
      const { mean, low, high, n } = interval;
      const fewer =
        n < own.length ? markup`<br><span class="note">n = ${n} of ${own.length}</span>` : null;
      const ends =
        low === null || high === null
          ? null
          : markup`<br><span class="note">[${formatMeasure(low, summary)}, ${formatMeasure(high, summary)}]</span>`;
      return markup`<td class="number">${mean === null ? "–" : formatMeasure(mean, summary)}${ends}${fewer}</td>`;
    });
    return markup`<tbody><tr class="summary"><th scope="row">${armKey(index)}${label}<br><span class="note">mean and 95 % interval, ${own.length} runs</span></th>${cells}<td></td></tr>
${own.map((run) => runRow(run, measures))}</tbody>`;
  });
  return markup`<div class="scroll"><table id="runs"><thead><tr><th scope="col">Run</th>${head}<th scope="col">Outcome</th></tr></thead>${groups}</table></div>`;
}

function runRow(run: RunResult, measures: StudyResult["measures"]): Html {
  const cells = Object.entries(measures).map(
    ([name, summary]) =>
      markup`<td class="number">${measuredText(run.measures[name]!, summary)}</td>`,
  );
  const outcome =
    run.divergence === null
      ? run.outcome
      : `${run.outcome} at step ${run.divergence.step} (${run.divergence.layer ?? "the loss"}: ${run.divergence.loss})`;
  return markup`<tr><th scope="row">seed ${run.seed}</th>${cells}<td>${outcome}</td></tr>`;
}

function measuredText({ value, atLeast }: Measured, summary: MeasureSummary): string {
  if (value === null) return "–";
  return `${atLeast ? "≥ " : ""}${formatMeasure(value, summary)}`;
}

function withUnit(text: string, unit: string): string {
  return unit === "%" ? `${text} %` : text;
}

/** The numbers behind a figure. */
export function dataTable({ columns, rows }: DataTable, caption: string): Html {
  const head = columns.map((column) => markup`<th scope="col">${column}</th>`);
  const body = rows.map((row) => markup`<tr>${row.map((cell) => markup`<td>${cell}</td>`)}</tr>`);
  return markup`<div class="scroll"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

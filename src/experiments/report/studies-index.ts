/** One page over all studies. */
import { countedSeeds, findingNumbers } from "../finding-text.ts";
import type { Finding } from "../study-parts.ts";
import type { StudyResult } from "../study-result.ts";
import { markup, trusted, type Html } from "./markup.ts";
import { reportStyle } from "./report-style.ts";
import { outcomeText, unbroken } from "./report-tables.ts";

/** A study and what there is of it: a result with its page, the reason why not, or neither. */
export interface FoundStudy {
  readonly study: string;
  readonly question: string;
  readonly result?: StudyResult;
  /** The report, relative to the index. */
  readonly page?: string;
  readonly error?: string;
}

/** A page that needs nothing from outside but the reports it names. */
export function studiesIndex(studies: readonly FoundStudy[], preset: string): string {
  const results = studies.flatMap(({ result }) => result ?? []);
  const count = (outcome: string): number =>
    results.filter(({ verdict }) => verdict.outcome === outcome).length;
  const failed = studies.filter(({ error }) => error !== undefined).length;
  const [any] = results;
  const about =
    any === undefined
      ? null
      : markup`<p class="note">Evenkeel ${any.provenance.version}; ${any.provenance.backend}; ${Object.entries(any.provenance.environment).map(([name, value]) => `${name} ${value}; `)}times are of the runs themselves.</p>`;
  const page = markup`<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evenkeel studies · ${preset}</title>
<style>${trusted(reportStyle)} body { max-width: 78rem; } #studies th[scope="row"] { width: 24rem; } #studies ul { padding: 0; margin: 0; list-style: none; max-width: none; } #studies td:nth-child(3) { min-width: 26rem; }</style></head>
<body><header><p class="eyebrow">Evenkeel · preset ${preset}</p><h1>All studies</h1>
<p>${results.length} of ${studies.length} have a result: ${count("supports")} claims supported, ${count("contradicts")} contradicted, ${count("undecided")} undecided${failed > 0 ? `; ${failed} failed` : ""}. A verdict follows from a rule that was fixed before the run; it is about this protocol at this size.</p></header>
<main><div class="scroll"><table id="studies"><thead><tr><th scope="col">Study</th><th scope="col">Verdict</th><th scope="col">What it rests on</th><th scope="col" class="number">Runs</th><th scope="col" class="number">Time</th></tr></thead>
<tbody>${studies.map(row)}</tbody></table></div>${about}</main></body></html>`;
  return `<!doctype html>\n${page.html}\n`;
}

function row(found: FoundStudy): Html {
  const { study, question, result, page, error } = found;
  const name = page === undefined ? markup`${study}` : markup`<a href="${page}">${study}</a>`;
  const head = markup`<th scope="row">${name}<br><span class="note">${question}</span></th>`;
  if (error !== undefined) {
    return markup`<tr>${head}<td class="contradicts"><span class="tone">failed</span></td><td>${error}</td><td></td><td></td></tr>`;
  }
  if (result === undefined) {
    return markup`<tr>${head}<td>not run</td><td></td><td></td><td></td></tr>`;
  }
  const { verdict, runs, diverged } = result;
  // What decided the verdict comes first.
  const [first, ...others] = verdict.findings.toSorted(
    (a, b) => Number(b.outcome === verdict.outcome) - Number(a.outcome === verdict.outcome),
  );
  const more =
    others.length === 0
      ? null
      : markup`<details><summary>${othersText(others)}</summary><ul>${others.map((finding) => findingLine(finding, result))}</ul></details>`;
  const reason = result.check.passed
    ? null
    : markup`<p class="note">No verdict: ${verdict.because}.</p>`;
  const lost = diverged === 0 ? null : markup`<br><span class="note">${diverged} diverged</span>`;
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const seeds = countedSeeds(result.seeds.length, result.protocol.arms.length > 1);
  return markup`<tr>${head}<td class="${verdict.outcome}"><span class="tone">${outcomeText(verdict.outcome)}</span><br><span class="note">${seeds}</span></td><td>${reason}<ul>${first === undefined ? null : findingLine(first, result)}</ul>${more}</td><td class="number">${runs.length}${lost}</td><td class="number">${timeText(seconds)}</td></tr>`;
}

/** `5 more parts of the claim: 3 supported, 2 undecided`. */
function othersText(findings: readonly Finding[]): string {
  const counts = (["supports", "contradicts", "undecided"] as const).flatMap((outcome) => {
    const count = findings.filter((finding) => finding.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${outcomeText(outcome).slice(2)}`];
  });
  const parts = findings.length === 1 ? "1 more part" : `${findings.length} more parts`;
  return `${parts} of the claim: ${counts.join(", ")}`;
}

function findingLine(finding: Finding, { measures }: StudyResult): Html {
  const { claim, outcome, measure, difference, gap } = finding;
  const summary = measures[measure]!;
  const numbers = unbroken(findingNumbers(finding, summary));
  return markup`<li class="${outcome}"><span class="tone">${outcomeText(outcome)}</span> ${claim} <span class="note">${summary.label}, ${difference}: ${numbers}, n = ${gap.n}</span></li>`;
}

/** `42 s`, `12 min`, `3.4 h`. */
export function timeText(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

import { countedSeeds } from "../finding-text.ts";
import type { StudyResult } from "../study-result.ts";
import { armKey } from "./arm-key.ts";
import type { Figure } from "./figure.ts";
import { formulaSection } from "./formulas.ts";
import { jsonScript, markup, trusted, type Html } from "./markup.ts";
import { reportStyle } from "./report-style.ts";
import { dataTable, findingsTable, outcomeText, runsTable, unbroken } from "./report-tables.ts";

/**
 * A study's result as one HTML page that needs no network, no script and no other file. All
 * numbers stand in its tables and, whole, in the JSON block `#result`.
 */
export function studyReport(result: StudyResult, figures: readonly Figure[]): string {
  const page = markup`<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Evenkeel ${result.provenance.version}">
<title>${result.title} · ${result.verdict.outcome}</title>
<style>${trusted(reportStyle)}</style></head>
<body>
${heading(result)}
<main>
${verdictCard(result)}
<h2>What was found</h2>
${findingsTable(result)}
<p class="note">${intervalNote(result)}</p>
${formulaSection(result.formulas ?? [])}
<h2>Figures</h2>
${stableClips(figures).map((figure) => figureBlock(figure, result))}
<h2>Every run</h2>
${runsTable(result)}
${definitions(result)}
<h2>Did the intervention do what it should?</h2>
<p><strong>${result.check.passed ? "Yes" : "No"}</strong>: ${result.check.because}.</p>
${protocolSection(result)}
${repeatSection(result)}
</main>
<footer>Made by Evenkeel ${result.provenance.version} on ${result.provenance.date}. The numbers of this page are in its JSON block <code>#result</code> and in <code>result.json</code> beside it.</footer>
${jsonScript("result", result)}
</body></html>`;
  return `<!doctype html>\n${page.html}\n`;
}

function heading({ study, preset, overrides, question, source }: StudyResult): Html {
  const changed = Object.entries(overrides).map(([name, value]) => `, ${name} ${value}`);
  return markup`<header><p class="eyebrow">Evenkeel study · ${study} · preset ${preset}${changed}</p>
<h1>${question}</h1>
<p class="source">After ${source.authors} (${source.year}), “${source.title}”, ${source.place}, ${source.id}.</p></header>`;
}

function verdictCard(result: StudyResult): Html {
  const { verdict, claim, check, diverged, measures, runs } = result;
  const held = verdict.findings.filter(({ outcome }) => outcome === "supports").length;
  const lines = verdict.findings.map(
    ({ claim: part, outcome, because, measure }) =>
      markup`<li class="${outcome}"><span class="tone">${outcomeText(outcome)}</span> ${part} <span class="note">${measures[measure]!.label}, ${unbroken(because)}.</span></li>`,
  );
  const reason = check.passed ? null : markup`<p>No verdict, because ${verdict.because}.</p>`;
  const lost =
    diverged === 0
      ? null
      : markup`<p>Runs that diverged: ${diverged}. They are among the ${runs.length} runs below.</p>`;
  return markup`<section class="verdict ${verdict.outcome}" aria-label="Verdict">
<p class="outcome">${outcomeText(verdict.outcome)}: ${held} of ${verdict.findings.length} parts of the claim shown to hold, ${seedsOf(result)}</p>
<p><strong>The claim.</strong> ${claim}</p>${reason}${lost}
<ul>${lines}</ul></section>`;
}

/** `n = 3 paired seeds`; with a single arm there is nothing to pair. */
function seedsOf({ seeds, protocol }: StudyResult): string {
  return countedSeeds(seeds.length, protocol.arms.length > 1);
}

function intervalNote(result: StudyResult): string {
  const { seeds, protocol } = result;
  const paired = protocol.arms.length > 1;
  const list = `${seedsOf(result)} (${seeds.join(", ")})`;
  const pairing =
    "A difference is taken between two arms of one seed, which share first weights and batch order where their shapes allow; ";
  return (
    `An interval is where the mean over seeds lies with 95 % confidence, by Student’s t over ${list}. ` +
    `${paired ? pairing : ""}with fewer than three seeds nothing is concluded. ` +
    `Effect size: the mean difference, or the mean’s distance from the number it is held against, divided by the standard deviation over seeds.`
  );
}

/** Plot numbers its clips through a whole process; a report's own count makes equal reports equal texts. */
function stableClips(figures: readonly Figure[]): Figure[] {
  const names = new Map<string, string>();
  const renamed = (name: string): string => {
    const known = names.get(name) ?? `clip-${names.size + 1}`;
    names.set(name, known);
    return known;
  };
  return figures.map((figure) => ({
    ...figure,
    panels: figure.panels.map(({ title, svg }) => ({
      title,
      svg: svg.replaceAll(/plot-clip-\d+/g, renamed),
    })),
  }));
}

function figureBlock(figure: Figure, { protocol }: StudyResult): Html {
  const { id, title, caption, alternative, panels, key, columns = 2, numbers } = figure;
  const entries = protocol.arms.map(({ label }, i) => markup`<li>${armKey(i)}${label}</li>`);
  const legend =
    key === "none" ? null : markup`<ul class="legend" aria-hidden="true">${entries}</ul>\n`;
  const drawn = panels.map(
    (panel) => markup`<div class="panel"><p>${panel.title}</p>${trusted(panel.svg)}</div>`,
  );
  return markup`<figure id="${id}"><h3>${title}</h3>
${legend}<div class="panels${columns > 2 ? " small" : ""}" style="--columns: ${columns}" role="img" aria-label="${alternative}">${drawn}</div>
<figcaption>${caption}</figcaption>
<details><summary>In words and numbers</summary><p>${alternative}</p>${dataTable(numbers, title)}</details></figure>`;
}

function definitions({ measures }: StudyResult): Html {
  const rows = Object.values(measures).map(
    ({ label, unit, definition }) => markup`<dt>${label} (${unit})</dt><dd>${definition}</dd>`,
  );
  return markup`<h3>How the measures are defined</h3><dl>${rows}</dl>`;
}

function protocolSection({ protocol, scale, data, source }: StudyResult): Html {
  const arms = protocol.arms.map(
    ({ label, description }, i) => markup`<dt>${armKey(i)}${label}</dt><dd>${description}</dd>`,
  );
  const held = Object.entries(protocol.held).map(
    ([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`,
  );
  const differs = protocol.differs.map((line) => markup`<li>${line}</li>`);
  return markup`<h2>Protocol</h2>
<h3>Compared</h3><dl>${arms}</dl>
<h3>The same for all</h3><dl>${held}
<dt>Scale</dt><dd>${scaleText(scale)}</dd>
<dt>Data</dt><dd>${data.name}, content hash ${data.hash}</dd></dl>
<h3>The verdict’s rule, fixed before the run</h3><p>${protocol.rule}</p>
<h3>What differs from ${source.authors} (${source.year}), or is not stated there</h3><ul>${differs}</ul>`;
}

function scaleText({
  steps,
  evaluateEvery,
  observeEvery,
  sizes = {},
}: StudyResult["scale"]): string {
  const own = Object.entries(sizes).map(([name, size]) => `; ${name} ${showWhole(size)}`);
  return `${showWhole(steps)} steps per run, evaluated every ${showWhole(evaluateEvery)}, observed every ${showWhole(observeEvery)}${own.join("")}`;
}

function showWhole(count: number): string {
  return count.toLocaleString("en-US");
}

function repeatSection({ provenance, runs }: StudyResult): Html {
  const { command, backend, version, environment, date, seconds, reusedRuns } = provenance;
  const reused = reusedRuns === 0 ? "" : `; ${reusedRuns} of the runs were there already`;
  const steps = runs.reduce((sum, { step, resumedFrom }) => sum + step - (resumedFrom ?? 0), 0);
  const busy = runs.reduce((sum, run) => sum + run.seconds, 0);
  const facts = Object.entries(environment).map(
    ([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`,
  );
  const perStep =
    steps === 0
      ? ""
      : `, ${((busy / steps) * 1000).toFixed(2)} ms per step with evaluation and observation`;
  return markup`<h2>What it cost</h2>
<p>${seconds.toFixed(1)} s from start to verdict; ${busy.toFixed(1)} s of runs (${runs.length} runs, ${steps.toLocaleString("en-US")} steps${perStep})${reused}.</p>
<h2>Repeat it</h2>
<pre><code>${command}</code></pre>
<dl><dt>Backend</dt><dd>${backend}</dd><dt>Evenkeel</dt><dd>${version}</dd>${facts}<dt>Date</dt><dd>${date}</dd></dl>`;
}

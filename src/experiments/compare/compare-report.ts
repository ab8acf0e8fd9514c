/** A comparison's result as one HTML page that needs no network, no script and no other file. */
import { dotPanel, type DotRow } from "../report/dot-panel.ts";
import { jsonScript, markup, trusted, type Html } from "../report/markup.ts";
import { reportStyle } from "../report/report-style.ts";
import { showLayers } from "./build-network.ts";
import type { ArmResult, ComparisonResult } from "./comparison-result.ts";
import { comparisonSentence, showGap, showMeasure, type StepCosts } from "./comparison-text.ts";

/** Drawn with `document`, a browser's or one that a library makes. */
export function compareReport(
  result: ComparisonResult,
  costs: StepCosts,
  document: Document,
): string {
  const { data, measure, method, warnings, pairs, steps, provenance } = result;
  const page = markup`<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Evenkeel ${provenance.version}">
<title>${data.name} · comparison</title>
<style>${trusted(reportStyle)}</style></head>
<body>
<header><p class="eyebrow">Evenkeel comparison · ${data.name} · ${data.task} of ${data.target}</p>
<h1>Which regularizer for ${data.name}?</h1></header>
<main>
<section class="verdict" aria-label="Finding"><p>${comparisonSentence(result, costs)}</p></section>
<h2>Differences from the baseline</h2>
<figure id="intervals"><div class="panels" style="--columns: 1"><div class="panel" role="img" aria-label="${alternative(result)}">${trusted(intervalPanel(result, document))}</div></div>
<figcaption>Mean difference in ${measure.label} with its interval: ${method}. Small dots are single pairs.</figcaption></figure>
${armTable(result, costs)}
<h2>Before you believe it</h2>
${warnings.length === 0 ? markup`<p>Nothing unusual was found in the data.</p>` : markup`<ul>${warnings.map((line) => markup`<li>${line}</li>`)}</ul>`}
<h2>What was compared</h2>
<dl>${result.plans.map((plan) => markup`<dt>${plan.label}</dt><dd>${showLayers(plan.layers)}, output; ${plan.optimizer.name}, learning rate ${plan.optimizer.learningRate}, batch ${plan.batchSize}</dd>`)}
<dt>Data</dt><dd>${data.examples.toLocaleString("en-US")} examples${data.classes === null ? "" : `, ${data.classes} classes`}</dd>
<dt>Runs</dt><dd>${steps.toLocaleString("en-US")} steps each; ${pairs.length} pairs: ${result.seeds.length} seeds, ${result.folds} ${result.folds === 1 ? "split" : "folds"}</dd></dl>
<h2>Every run</h2>
${runTable(result)}
<h2>Repeat it</h2>
<pre><code>${provenance.command}</code></pre>
<dl><dt>Backend</dt><dd>${provenance.backend}</dd>${Object.entries(provenance.environment).map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}<dt>Date</dt><dd>${provenance.date}</dd></dl>
</main>
<footer>Made by Evenkeel ${provenance.version}. The numbers of this page are in its JSON block <code>#result</code> and in <code>result.json</code> beside it.</footer>
${jsonScript("result", result)}
</body></html>`;
  return `<!doctype html>\n${page.html}\n`;
}

function intervalPanel(result: ComparisonResult, document: Document): string {
  const { arms, measure, baseline } = result;
  const factor = measure.unit === "%" ? 100 : 1;
  const base = arms.find(({ id }) => id === baseline)!;
  const scaled = (value: number | null): number | null => (value === null ? null : factor * value);
  const rows = arms.flatMap((arm, index): DotRow[] => {
    const { difference } = arm;
    if (difference === null) return [];
    const values = arm.values.flatMap((value, i) => {
      const other = base.values[i] ?? null;
      return value === null || other === null ? [] : [factor * (value - other)];
    });
    return [
      {
        name: arm.label,
        arm: index,
        mean: scaled(difference.mean),
        low: scaled(difference.low),
        high: scaled(difference.high),
        values,
        ...(arm.diverged > 0 && { note: `${arm.diverged} diverged` }),
      },
    ];
  });
  const unit = measure.unit === "%" ? "points" : measure.unit;
  return dotPanel({
    rows,
    document,
    width: 760,
    x: { label: `${measure.label} minus that of ${base.label} (${unit})` },
    rules: [{ value: 0 }],
  });
}

function alternative({ arms, measure }: ComparisonResult): string {
  const parts = arms.flatMap(({ label, difference }) =>
    difference === null
      ? []
      : [
          `${label}: ${showGap(difference.mean, measure)} [${showGap(difference.low, measure)}, ${showGap(difference.high, measure)}]`,
        ],
  );
  return parts.join("; ");
}

function armTable(result: ComparisonResult, costs: StepCosts): Html {
  const { arms, measure } = result;
  const rows = arms.map((arm) => {
    const { difference } = arm;
    const cost = costs.get(arm.id);
    const ends =
      difference === null || difference.low === null
        ? "–"
        : `[${showGap(difference.low, measure)}, ${showGap(difference.high, measure)}]`;
    return markup`<tr><th scope="row">${arm.label}</th><td class="number">${showMeasure(arm.mean, measure)}</td>
<td class="number">${showGap(difference?.mean ?? null, measure)}</td><td class="number">${ends}</td>
<td>${findingOf(arm, result)}</td><td class="number">${cost === undefined ? "–" : cost.toPrecision(3)}</td><td class="number">${arm.diverged}</td></tr>`;
  });
  return markup`<div class="scroll"><table id="arms"><thead><tr><th scope="col">Arm</th><th scope="col" class="number">${measure.label}<br><span class="note">${measure.unit}</span></th><th scope="col" class="number">Difference</th><th scope="col" class="number">Interval</th><th scope="col">Finding</th><th scope="col" class="number">ms per step</th><th scope="col" class="number">Diverged</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function findingOf(
  { id, difference, prunedAt }: ArmResult,
  { baseline }: ComparisonResult,
): string {
  if (id === baseline) return "the baseline";
  if (prunedAt !== null) return `left behind after ${prunedAt} steps`;
  return difference?.finding ?? "–";
}

/** One row per pair, one column per arm. */
function runTable({ arms, pairs, measure }: ComparisonResult): Html {
  const head = arms.map(({ label }) => markup`<th scope="col" class="number">${label}</th>`);
  const rows = pairs.map(({ seed, fold }, i) => {
    const cells = arms.map(
      ({ values }) => markup`<td class="number">${showMeasure(values[i] ?? null, measure)}</td>`,
    );
    return markup`<tr><th scope="row">seed ${seed}, fold ${fold + 1}</th>${cells}</tr>`;
  });
  return markup`<div class="scroll"><table id="runs"><thead><tr><th scope="col">Pair</th>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

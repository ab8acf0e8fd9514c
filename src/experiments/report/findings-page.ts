/** What the studies found, as one Markdown page: a row per part of a claim. */
import { countedSeeds, findingNumbers } from "../finding-text.ts";
import type { StudyResult } from "../study-result.ts";
import { timeText } from "./studies-index.ts";

const WORDS = {
  supports: "supported",
  contradicts: "contradicted",
  undecided: "undecided",
} as const;

/**
 * The page as Markdown.
 *
 * `notes` are words on single studies, by their ids, that stand with the results.
 */
export function findingsPage(
  results: readonly StudyResult[],
  notes: Readonly<Record<string, string>> = {},
): string {
  const findings = results.flatMap(({ verdict }) => verdict.findings);
  const count = (outcome: keyof typeof WORDS): number =>
    findings.filter((finding) => finding.outcome === outcome).length;
  const open = results.flatMap((result) => sectionOf(result, notes[result.study]));
  return `${[
    "# Findings",
    "",
    `One row per part of a claim, ${findings.length} in all: ${count("supports")} supported, ${count("contradicts")} contradicted, ${count("undecided")} undecided, from ${results.length} ${results.length === 1 ? "study" : "studies"}. The rules were fixed before the runs; a finding is about the study's protocol at the size given, not about all networks. This page is made from the results by \`evenkeel studies --findings\`: do not edit it.`,
    "",
    table(results),
    "",
    ...open,
  ]
    .join("\n")
    .trimEnd()}\n`;
}

function table(results: readonly StudyResult[]): string {
  const head = [
    "study",
    "part of the claim",
    "finding",
    "what it rests on",
    "n",
    "scale",
    "time of the runs",
    "date",
    "version",
  ];
  const rows = results.flatMap((result) => {
    const { study, verdict, measures, provenance, runs } = result;
    const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
    return verdict.findings.map((finding) => {
      const summary = measures[finding.measure]!;
      return [
        `\`${study}\``,
        finding.claim,
        WORDS[finding.outcome],
        `${summary.label}, ${finding.difference}: ${findingNumbers(finding, summary)}`,
        String(finding.gap.n),
        scaleOf(result),
        timeText(seconds),
        provenance.date.slice(0, 10),
        provenance.version,
      ];
    });
  });
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `| ${head.map(() => "---").join(" | ")} |`, ...rows.map(line)].join("\n");
}

function scaleOf({ preset, overrides, scale, runs }: StudyResult): string {
  const changed = Object.entries(overrides).map(([name, value]) => `, ${name} ${value}`);
  return `${preset}${changed.join("")}: ${runs.length} × ${scale.steps.toLocaleString("en-US")} steps`;
}

/** Every study's verdict in words; what did not hold with its reason. */
function sectionOf(result: StudyResult, note: string | undefined): string[] {
  const { study, question, verdict, check, diverged, seeds, protocol, measures, provenance } =
    result;
  const against = verdict.findings.filter(({ outcome }) => outcome !== "supports");
  const seedText = countedSeeds(seeds.length, protocol.arms.length > 1);
  return [
    `## ${study}`,
    "",
    `${question} **${capital(WORDS[verdict.outcome])}**: ${verdict.because} (${seedText}).`,
    "",
    ...(check.passed ? [] : [`There is no verdict: ${verdict.because}.`, ""]),
    ...(diverged > 0 ? [`${diverged} of ${result.runs.length} runs diverged.`, ""] : []),
    ...against.map(
      ({ claim, outcome, because, measure }) =>
        `- ${capital(WORDS[outcome])}: ${claim} ${measures[measure]!.label}, ${because}.`,
    ),
    ...(against.length > 0 ? [""] : []),
    ...(note === undefined ? [] : [note, ""]),
    `\`${provenance.command}\`, ${provenance.backend}`,
    "",
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}

/** Notes on studies from Markdown: what stands below each heading `## id`. */
export function readNotes(text: string): Record<string, string> {
  const parts = text.split(/^## +/m).slice(1);
  return Object.fromEntries(
    parts.map((part) => {
      const [head = "", ...lines] = part.split("\n");
      return [head.trim(), lines.join("\n").trim()] as const;
    }),
  );
}

import { Command } from "commander";
import { studies } from "../../studies/index.ts";
import { oneOf } from "../arguments.ts";
import { type Action, defineCommand } from "../command.ts";
import { checkWritable } from "../disk-run-store.ts";
import { interruptible } from "../interrupt.ts";
import type { Output } from "../output.ts";
import { planAllStudies, runAllStudies, writeIndex } from "../run-all-studies.ts";
import { addRunOptions } from "../run-options.ts";
import { type RunCommandOptions, runRequest } from "../run-request.ts";
import { summaryJson } from "../run-summary.ts";
import { projectionJson, projectionText, secondsLeft } from "../show-projection.ts";
import { showCount, showSeconds } from "../units.ts";
import { writeFindings } from "../write-findings.ts";
import { UsageError } from "../usage-error.ts";

interface StudiesOptions extends RunCommandOptions {
  readonly all?: boolean;
  readonly only?: string;
  readonly findings?: string;
  readonly notes?: string;
}

const act: Action<StudiesOptions> = async ({ options, output }) => {
  const { all = false, only, dryRun = false, findings, notes, out } = options;
  if (!all && (only !== undefined || dryRun)) {
    throw new UsageError("studies: --only and --dry-run need --all");
  }
  const failed = all ? await runAll(options, output) : 0;
  if (findings !== undefined) {
    const results = await writeFindings(findings, out, notes);
    output.note(`findings of ${results.length} studies: ${findings}`);
    if (!all) output.result({ findings, studies: results.map(({ study }) => study) }, findings);
  } else if (!all) list(output);
  return failed > 0 ? 1 : 0;
};

/** Gives the number of studies that failed. */
async function runAll(options: StudiesOptions, output: Output): Promise<number> {
  const known = studies.map(({ id }) => id);
  const chosen = options.only?.split(",").map((id) => oneOf("study", id.trim(), known)) ?? known;
  const requests = known.filter((id) => chosen.includes(id)).map((id) => runRequest(id, options));
  const from = options.data === undefined ? {} : { from: options.data };
  if (options.dryRun === true) {
    const costs = await interruptible((signal) =>
      planAllStudies(requests, { output, signal, ...from }),
    );
    const seconds = costs.reduce((sum, cost) => sum + secondsLeft(cost), 0);
    const texts = costs.map((cost) => projectionText(cost, output.strong));
    const runs = requests.reduce((sum, request) => sum + request.runs, 0);
    const total = `${requests.length} studies, ${showCount(runs)} runs: about ${showSeconds(seconds)}`;
    output.result({ studies: costs.map(projectionJson), seconds }, [...texts, total].join("\n\n"));
    return 0;
  }
  await checkWritable(options.out);
  const attempts = await interruptible((signal) =>
    runAllStudies(requests, { output, signal, ...from }),
  );
  const { preset } = requests[0]!;
  const index = await writeIndex(options.out, preset, attempts);
  const failed = attempts.filter(({ error }) => error !== null);
  const lines = attempts.map(({ request, conducted, error, seconds }) => {
    const said = conducted?.result.verdict.outcome ?? `FAILED: ${error?.message ?? ""}`;
    return `${request.study.id}: ${said} (${showSeconds(seconds)})`;
  });
  const described = attempts.map(({ request, conducted, error, seconds }) => ({
    study: request.study.id,
    seconds,
    error: error?.message ?? null,
    ...(conducted && { result: summaryJson(conducted.result, { ...request, ...conducted }) }),
  }));
  const counted = `${attempts.length} studies, ${failed.length} failed`;
  output.result(
    { preset, studies: described, failed: failed.length, index },
    [...lines, counted, `index: ${index}`].join("\n"),
  );
  return failed.length;
}

function list(output: Output): void {
  const listed = studies.map(({ id, title, question, claim, source, data, protocol }) => ({
    id,
    title,
    question,
    claim,
    source,
    data: data.name,
    arms: protocol.arms,
    presets: protocol.presets,
  }));
  const texts = listed.map(({ id, question, source, data, arms, presets }) => {
    const sizes = Object.entries(presets).map(
      ([name, { steps, seeds }]) => `${name} ${showCount(steps)} steps x ${seeds} seeds`,
    );
    return [
      output.strong(id),
      `  ${question}`,
      `  ${source.authors} ${source.year}, ${source.place} (${source.id}); data: ${data}`,
      `  arms: ${arms.map((arm) => arm.label).join("; ")}`,
      `  presets: ${sizes.join("; ")}`,
    ].join("\n");
  });
  output.result({ studies: listed }, texts.join("\n\n"));
}

export function studiesCommand(finish: (code: number) => void): Command {
  const command = new Command("studies")
    .description("list the studies, run them all, or write down what they found")
    .option("--all", "run every study in order, and write one page over them")
    .option("--only <ids>", "with --all: these studies alone, separated by commas")
    .option("--findings <file>", "write what is kept in --out as a Markdown page")
    .option("--notes <file>", "with --findings: words on studies, below headings `## id`");
  return defineCommand(addRunOptions(command), finish, act);
}

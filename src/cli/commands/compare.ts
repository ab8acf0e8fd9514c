import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { availableParallelism } from "node:os";
import { Command } from "commander";
import { parseHTML } from "linkedom";
import {
  compareReport,
  planComparison,
  type CompareSpec,
  type ComparisonPlan,
  type ComparisonResult,
} from "../../experiments/index.ts";
import { backendNames, selectBackend } from "../../run/select.ts";
import { oneOf } from "../arguments.ts";
import { type Action, defineCommand } from "../command.ts";
import { armCosts, projectedSeconds, stepsFor } from "../compare/arm-costs.ts";
import {
  addCompareOptions,
  type CompareCommandOptions,
  repeatCommand,
  specOf,
} from "../compare/compare-options.ts";
import { conductComparison } from "../compare/conduct-comparison.ts";
import { comparisonJson, comparisonSummary } from "../compare/comparison-summary.ts";
import { dryRun } from "../compare/dry-run.ts";
import { loadComparisonData } from "../compare/load-data.ts";
import { saveModel } from "../compare/model-file.ts";
import { checkWritable } from "../disk-run-store.ts";
import { interruptible } from "../interrupt.ts";
import type { Output } from "../output.ts";
import { logFormats } from "../worker-protocol.ts";
import { showCount } from "../units.ts";

const compare: Action<CompareCommandOptions> = async ({
  args: [subject = ""],
  options,
  output,
}) => {
  const log = options.log === undefined ? null : oneOf("log format", options.log, logFormats);
  const spec = await specOf(subject, options);
  const backend = await selectBackend(oneOf("backend", options.backend, backendNames));
  if (backend.note !== undefined) output.note(backend.note);
  return interruptible(async (signal) => {
    const data = await loadComparisonData(spec, output, signal);
    let plan = planComparison(spec, data);
    const most = plan.arms.length * data.pairs.length;
    // Of a queue's workers nothing is known here: a budget counts on this machine's cores.
    const threads = Math.min(options.threads ?? availableParallelism(), most);
    const budgeted = spec.minutes !== undefined || options.dryRun === true;
    const before = budgeted ? await armCosts(plan, backend) : null;
    if (spec.minutes !== undefined) {
      plan = planComparison(spec, data, stepsFor(spec.minutes, plan, before!, threads));
    }
    if (options.dryRun === true) {
      dryRun(plan, before!, { threads, seconds: projectedSeconds(plan, before!, threads) }, output);
      return 0;
    }
    await checkWritable(options.out);
    output.note(
      `${plan.arms.length} arms x ${data.pairs.length} pairs of ${showCount(plan.steps)} steps, ${threads} at a time; ${backend.description}`,
    );
    const command = repeatCommand(subject, options);
    const { result, folder } = await conductComparison(plan, {
      backend,
      threads,
      out: options.out,
      queue: options.queue ?? null,
      log,
      command,
      output,
      signal,
    });
    const wanted = new Set([result.best, result.baseline]);
    const costs = before ?? (await armCosts(plan, backend, wanted));
    const report = join(folder, "report.html");
    const { document } = parseHTML("<!doctype html><html><body></body></html>");
    await writeFile(report, compareReport(result, costs, document));
    const model = await saveBest(plan, result, { folder, spec, options, output });
    const place = { threads, folder, report, model };
    output.result(
      comparisonJson(result, costs, place),
      comparisonSummary(result, costs, place, output.strong),
    );
    return 0;
  });
};

interface Saving {
  readonly folder: string;
  readonly spec: CompareSpec;
  readonly options: CompareCommandOptions;
  readonly output: Output;
}

/** The best arm's network of the first pair: the pair is not chosen by its result. */
async function saveBest(
  { data }: ComparisonPlan,
  { best, runs, plans }: ComparisonResult,
  { folder, spec, options, output }: Saving,
): Promise<string | null> {
  const [pair] = data.pairs;
  const run = runs.find(
    ({ arm, seed, fold }) => arm === best && seed === pair!.seed && fold === pair!.fold,
  );
  const plan = plans.find(({ id }) => id === best)!;
  if (pair === undefined || pair.encoding === null || run === undefined) return null;
  if (run.result.outcome !== "finished") {
    output.note("the best arm diverged on the first pair: no model is saved");
    return null;
  }
  const { target } = pair.encoding;
  return saveModel(
    join(folder, "model"),
    {
      format: "evenkeel-model-1",
      arm: plan.label,
      run: run.result.id,
      subject: {
        format: 1,
        task: data.task,
        outputs: data.classes ?? 1,
        targetSd: target.kind === "number" ? target.sd : 1,
        layers: plan.layers,
        optimizer: plan.optimizer,
        batchSize: plan.batchSize,
      },
      shape: pair.data.train.shape,
      encoding: pair.encoding,
      read: spec.read ?? {},
    },
    options.out,
  );
}

const help = `
The first argument is a file of rows (CSV, TSV), the name of a data set (see evenkeel data list), or
a specification (.yaml, .json, .ts) whose settings the options overrule. See docs/compare.md.`;

export function compareCommand(finish: (code: number) => void): Command {
  const command = new Command("compare")
    .description(
      "compare regularizers on your own data: paired seeds and folds, intervals, one sentence",
    )
    .argument("<data>", "a file, a data set, or a specification")
    .addHelpText("after", help);
  return defineCommand(addCompareOptions(command), finish, compare);
}

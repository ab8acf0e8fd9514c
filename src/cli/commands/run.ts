import { Command } from "commander";
import type { Backend } from "../../run/backend.ts";
import { selectBackend } from "../../run/select.ts";
import { type Action, defineCommand } from "../command.ts";
import { conductStudy } from "../conduct-study.ts";
import { checkWritable } from "../disk-run-store.ts";
import { planCost } from "../plan-cost.ts";
import { interruptible } from "../interrupt.ts";
import { loadStudyData } from "../load-study-data.ts";
import type { Output } from "../output.ts";
import { printStage, type StageName, stages } from "../print-stage.ts";
import { addRunOptions } from "../run-options.ts";
import { type RunCommandOptions, type RunRequest, runRequest } from "../run-request.ts";
import { summaryJson, summaryText } from "../run-summary.ts";
import { projectionJson, projectionText } from "../show-projection.ts";
import { showCount } from "../units.ts";

const run: Action<RunCommandOptions> = async ({ args: [name = ""], options, output }) => {
  const request = runRequest(name, options);
  const { study, preset, scale, runs, threads, engineThreads } = request;
  const backend = await selectBackend(request.backend, { threads: engineThreads });
  if (backend.note !== undefined) output.note(backend.note);
  if (request.print !== null) return print(request, request.print, backend, output);
  await checkWritable(options.out);
  const conducted = await interruptible(async (signal) => {
    const from = options.data === undefined ? {} : { from: options.data };
    const data = await loadStudyData(study, { output, signal, ...from });
    if (options.dryRun === true) return planCost(request, data, backend, output);
    output.note(
      `${study.id}, preset ${preset}: ${runs} runs of ${showCount(scale.steps)} steps, ` +
        `${threads} at a time; ${backend.description}; data ${data.name}`,
    );
    return conductStudy(request, { data, backend, output, signal });
  });
  if ("projection" in conducted) {
    output.result(projectionJson(conducted), projectionText(conducted, output.strong));
    return 0;
  }
  const { result, folder, report } = conducted;
  output.result(
    summaryJson(result, { threads, folder, report }),
    summaryText(result, report, output.strong),
  );
  return 0;
};

async function print(
  { study }: RunRequest,
  stage: StageName,
  backend: Backend,
  output: Output,
): Promise<number> {
  const programs = await printStage(study, backend, stage);
  const texts = Object.entries(programs).map(
    ([arm, text]) => `${output.strong(`# ${arm}`)}\n${text}`,
  );
  output.result(
    { study: study.id, backend: backend.description, stage, programs },
    texts.join("\n"),
  );
  return 0;
}

export function runCommand(finish: (code: number) => void): Command {
  const command = new Command("run")
    .description("run a study: train its arms, print the verdict, write a report")
    .argument("<study>", "see `evenkeel studies`")
    .option(
      "--print <stage>",
      `print what the compiler makes of a training step, and do not train: ${stages.join(", ")}`,
    );
  return defineCommand(addRunOptions(command), finish, run);
}

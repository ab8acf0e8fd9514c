import { Command } from "commander";
import type { Backend } from "../../run/backend.ts";
import { backendNames, selectBackend } from "../../run/select.ts";
import { wholeNumber } from "../arguments.ts";
import { type Action, defineCommand } from "../command.ts";
import { conductStudy } from "../conduct-study.ts";
import { checkWritable } from "../disk-run-store.ts";
import { interruptible } from "../interrupt.ts";
import { loadStudyData } from "../load-study-data.ts";
import type { Output } from "../output.ts";
import { printStage, type StageName, stages } from "../print-stage.ts";
import {
  presetNames,
  type RunCommandOptions,
  type RunRequest,
  runRequest,
} from "../run-request.ts";
import { summaryJson, summaryText } from "../run-summary.ts";
import { showCount } from "../units.ts";

const run: Action<RunCommandOptions> = async ({ args: [name = ""], options, output }) => {
  const request = runRequest(name, options);
  const { study, preset, scale, runs, threads } = request;
  const backend = await selectBackend(request.backend);
  if (backend.note !== undefined) output.note(backend.note);
  if (request.print !== null) return print(request, request.print, backend, output);
  await checkWritable(options.out);
  const conducted = await interruptible(async (signal) => {
    const from = options.data === undefined ? {} : { from: options.data };
    const data = await loadStudyData(study, { output, signal, ...from });
    if (backend.note !== undefined) output.note(backend.note);
    output.note(
      `${study.id}, preset ${preset}: ${runs} runs of ${showCount(scale.steps)} steps, ` +
        `${threads} at a time; ${backend.description}; data ${data.name}`,
    );
    return conductStudy(request, { data, backend, output, signal });
  });
  const { result, folder, report } = conducted;
  output.result(
    summaryJson(result, { threads, folder, report }),
    summaryText(result, report, output.strong),
  );
  return result.diverged > 0 ? 1 : 0;
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
    .option("--preset <name>", `how large: ${presetNames.join(", ")}`, "quick")
    .option(
      "--seeds <n>",
      "number of paired seeds (default: the preset's)",
      wholeNumber("--seeds", 1),
    )
    .option(
      "--seed <s>",
      "the first seed; the others follow it (default: 1)",
      wholeNumber("--seed", 0),
    )
    .option("--steps <n>", "updates per run (default: the preset's)", wholeNumber("--steps", 1))
    .option("--backend <name>", `what computes: ${backendNames.join(", ")}`, "auto")
    .option(
      "--threads <n>",
      "runs at a time (default: the machine's cores)",
      wholeNumber("--threads", 1),
    )
    .option(
      "--print <stage>",
      `print what the compiler makes of a training step, and do not train: ${stages.join(", ")}`,
    )
    .option("--out <folder>", "where runs and reports are kept", "runs")
    .option("--data <path>", "a tarball or folder to take the data from, if they are not cached");
  return defineCommand(command, finish, run);
}

import { Command, Option } from "commander";
import { compareCommand } from "./commands/compare.ts";
import { costCommand } from "./commands/cost.ts";
import { dataListCommand } from "./commands/data-list.ts";
import { dataPullCommand } from "./commands/data-pull.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { predictCommand } from "./commands/predict.ts";
import { reportCommand } from "./commands/report.ts";
import { labCommand } from "./commands/lab.ts";
import { runCommand } from "./commands/run.ts";
import { statusCommand } from "./commands/status.ts";
import { studiesCommand } from "./commands/studies.ts";
import { workerCommand } from "./commands/worker.ts";
import { packageVersion } from "./package-version.ts";

const exitCodes = `
Exit codes: 0 done, 1 failed, 2 bad usage, 130 interrupted.
EVENKEEL_CACHE chooses the folder for downloads; NO_COLOR switches colours off.`;

/** All commands. Each stores its exit code with `finish`; nothing here ends the process. */
export function createProgram(finish: (code: number) => void): Command {
  const program = new Command("evenkeel")
    .description("Train neural networks on an even keel: dropout, normalization, and the evidence.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help, or a command's")
    .addOption(new Option("--json", "print one JSON object on stdout, and nothing else there"))
    .addHelpText("after", exitCodes)
    .showSuggestionAfterError(true)
    .allowExcessArguments(false);
  const data = new Command("data").description("the data sets: which there are, and fetching them");
  data.addCommand(dataListCommand(finish)).addCommand(dataPullCommand(finish));
  program
    .addCommand(studiesCommand(finish))
    .addCommand(runCommand(finish))
    .addCommand(reportCommand(finish))
    .addCommand(data)
    .addCommand(compareCommand(finish))
    .addCommand(predictCommand(finish))
    .addCommand(workerCommand(finish))
    .addCommand(statusCommand(finish))
    .addCommand(labCommand(finish))
    .addCommand(costCommand(finish))
    .addCommand(doctorCommand(finish));
  return program;
}

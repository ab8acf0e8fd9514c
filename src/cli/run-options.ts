/** The options that `run` and `studies --all` share. */
import type { Command } from "commander";
import { backendNames } from "../run/select.ts";
import { wholeNumber } from "./arguments.ts";
import { presetNames } from "./run-request.ts";

export function addRunOptions(command: Command): Command {
  return command
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
      "--engine-threads <n>",
      "threads inside each run's steps (default: 1; more where there are fewer runs than cores)",
      wholeNumber("--engine-threads", 1),
    )
    .option("--dry-run", "train a few steps only, and say how long all would take")
    .option("--out <folder>", "where runs and reports are kept", "runs")
    .option("--data <path>", "a tarball or folder to take the data from, if they are not cached");
}

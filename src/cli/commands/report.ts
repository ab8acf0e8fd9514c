import { basename, dirname, join, resolve } from "node:path";
import { stat } from "node:fs/promises";
import { Command } from "commander";
import { DataError } from "../../base/errors.ts";
import { readPlan, rebuildStudy } from "../../experiments/index.ts";
import { findStudy } from "../../studies/index.ts";
import { type Action, defineCommand } from "../command.ts";
import { diskRunStore } from "../disk-run-store.ts";
import { makeStudyFiles } from "../make-study-files.ts";
import { summaryJson, summaryText } from "../run-summary.ts";

const report: Action<object> = async ({ args: [path = ""], output }) => {
  const folder = resolve(path);
  const there = await stat(join(folder, "study.json")).catch(() => null);
  if (there === null) {
    throw new DataError(
      `report: the folder must be a study's, with its study.json, got ${folder} (\`evenkeel run\` names it)`,
    );
  }
  const store = diskRunStore(dirname(folder));
  const id = basename(folder);
  const study = findStudy((await readPlan(store, id)).study);
  const result = await rebuildStudy(study, id, {
    store,
    files: (finished) => makeStudyFiles(study, finished),
  });
  const page = join(folder, "report.html");
  output.result(
    summaryJson(result, { folder, report: page }),
    summaryText(result, page, output.strong),
  );
  return 0;
};

export function reportCommand(finish: (code: number) => void): Command {
  const command = new Command("report")
    .description("make a study's result, report and figures again from what its runs said")
    .argument("<folder>", "the study's folder, beside those of its runs");
  return defineCommand(command, finish, report);
}

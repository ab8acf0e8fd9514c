import { Command } from "commander";
import { availableParallelism } from "node:os";
import { backendNames, selectBackend } from "../../run/select.ts";
import { oneOf, wholeNumber } from "../arguments.ts";
import { type Action, defineCommand } from "../command.ts";
import { costPresetNames } from "../cost-presets.ts";
import { costSubject, type CostSubjectOptions } from "../cost-subject.ts";
import { costRows, costTable } from "../cost-table.ts";
import { techniqueNames } from "../cost-techniques.ts";
import { measureCost } from "../measure-cost.ts";

interface CostOptions extends CostSubjectOptions {
  readonly backend: string;
  readonly threads: number;
  readonly rounds: number;
  readonly milliseconds: number;
}

const cost: Action<CostOptions> = async ({ args: [name = ""], options, output }) => {
  const { threads, rounds, milliseconds } = options;
  const backendName = oneOf("backend", options.backend, backendNames);
  const subject = await costSubject(name, options);
  const backend = await selectBackend(backendName, { threads });
  if (backend.note !== undefined) output.note(backend.note);
  const { title, batchSize, inputShape, classes, models, baseline } = subject;
  const measured = await measureCost(models, {
    batchSize,
    inputShape,
    classes,
    backend,
    rounds,
    milliseconds,
    ...(output.json ? {} : { progress: output.note }),
  });
  const rows = costRows(measured, baseline);
  const about = [
    `${output.strong(name)}: ${title}, batch ${batchSize}`,
    `${backend.description}; ${rounds} alternating rounds of ${milliseconds} ms; one whole training step`,
  ];
  output.result(
    {
      model: name,
      title,
      batchSize,
      backend: backend.description,
      threads,
      rounds,
      baseline,
      rows,
    },
    [...about, "", costTable(rows, baseline)].join("\n"),
  );
  return 0;
};

const help = `
A model of your own is a module that exports \`model\`, made by sequential(), and \`inputShape\`, the
sizes of one example; \`batchSize\` and \`classes\` if they are not 64 and 10. It is measured as it is
and without each of its normalization and dropout layers.`;

export function costCommand(finish: (code: number) => void): Command {
  const command = new Command("cost")
    .description("measure what normalization and dropout cost a training step on this machine")
    .argument("<model>", `${costPresetNames.join(", ")}, or the path of a module`)
    .option("--techniques <a,b>", `which to measure: ${techniqueNames.join(",")} (default: all)`)
    .option("--layers", "also each technique at each hidden layer alone")
    .option("--batch <n>", "examples per step (default: the model's)", wholeNumber("--batch", 1))
    .option("--backend <name>", `what computes: ${backendNames.join(", ")}`, "auto")
    .option(
      "--threads <n>",
      `threads that work on a step together (this machine has ${availableParallelism()})`,
      wholeNumber("--threads", 1),
      1,
    )
    .option("--rounds <n>", "rounds, each with every model in turn", wholeNumber("--rounds", 1), 7)
    .option(
      "--milliseconds <n>",
      "time of each model in each round",
      wholeNumber("--milliseconds", 1),
      200,
    )
    .addHelpText("after", help);
  return defineCommand(command, finish, cost);
}

import { Command } from "commander";
import { wholeNumber } from "../arguments.ts";
import { type Action, defineCommand } from "../command.ts";
import { checkWritable } from "../disk-run-store.ts";
import { interruptible } from "../interrupt.ts";
import { queueWorker } from "../queue/queue-worker.ts";

interface WorkerCommandOptions {
  readonly queue: string;
  readonly store: string;
  readonly concurrency: number;
  readonly silence: number;
}

const work: Action<WorkerCommandOptions> = async ({ options, output }) => {
  const { queue: address, store: folder, concurrency, silence } = options;
  await checkWritable(folder);
  output.note(`listening; ${concurrency} runs at a time, kept in ${folder}`);
  await interruptible((signal) =>
    queueWorker({ address, folder, concurrency, silence, note: output.note }, signal),
  );
  output.result({ stopped: true }, "stopped; unfinished runs are back in the queue");
  return 0;
};

export function workerCommand(finish: (code: number) => void): Command {
  const command = new Command("worker")
    .description("carry out runs of comparisons that others put into a queue")
    .requiredOption("--queue <address>", "the Redis of the queue, such as redis://host:6379")
    .option("--store <folder>", "the folder shared with the comparisons' --out", "runs")
    .option("--concurrency <n>", "runs at a time", wholeNumber("--concurrency", 1), 1)
    .option(
      "--silence <seconds>",
      "after so long without a sign, a worker's run is given to another",
      wholeNumber("--silence", 1),
      30,
    );
  return defineCommand(command, finish, work);
}

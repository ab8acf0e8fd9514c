import { Command } from "commander";
import { type Action, defineCommand } from "../command.ts";
import { queueStatus, type QueueStatus } from "../queue/queue-status.ts";
import { textTable } from "../text-table.ts";
import { showCount, showSeconds } from "../units.ts";

interface StatusCommandOptions {
  readonly queue: string;
}

const status: Action<StatusCommandOptions> = async ({ options, output }) => {
  const found = await queueStatus(options.queue);
  output.result(found, statusText(found));
  return 0;
};

function statusText({ workers, jobs, running, comparisons }: QueueStatus): string {
  const parts = [
    `${showCount(workers)} ${workers === 1 ? "worker" : "workers"}; runs: ${showCount(jobs.waiting)} waiting, ${showCount(jobs.running)} running, ${showCount(jobs.delayed)} waiting for another try, ${showCount(jobs.finished)} finished within the last hour, ${showCount(jobs.failed)} failed within the last day`,
  ];
  if (comparisons.length > 0) {
    const rows = comparisons.map((each) => [
      each.id,
      each.name,
      showCount(each.arms),
      `${each.round} of ${each.rounds}`,
      `${showCount(each.done)} of ${showCount(each.runs)}`,
      showSeconds(each.seconds),
      `${showSeconds(each.silentSeconds)} ago`,
    ]);
    const heading = ["comparison", "data", "arms", "round", "runs done", "for", "last sign"];
    parts.push(textTable([heading, ...rows]));
  }
  if (running.length > 0) {
    const rows = running.map(({ id, step, steps }) => [
      id,
      step === null || steps === null ? "" : `${showCount(step)} of ${showCount(steps)}`,
    ]);
    parts.push(textTable([["running", "step"], ...rows]));
  }
  return parts.join("\n\n");
}

export function statusCommand(finish: (code: number) => void): Command {
  const command = new Command("status")
    .description("what a queue is doing: its workers, its runs, and how far comparisons are")
    .requiredOption("--queue <address>", "the Redis of the queue, such as redis://host:6379");
  return defineCommand(command, finish, status);
}

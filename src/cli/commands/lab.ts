import { Command } from "commander";
import { resolve } from "node:path";
import openInBrowser from "open";
import { wholeNumber } from "../arguments.ts";
import { type Action, defineCommand } from "../command.ts";
import { interruptible } from "../interrupt.ts";
import { startLabServer } from "../lab/lab-server.ts";

interface LabOptions {
  readonly port: number;
  readonly open: boolean;
  readonly runs: string;
  readonly at: string;
}

/** Serves until it is interrupted, which is how it is meant to end. */
const lab: Action<LabOptions> = async ({ options, output }) => {
  const { port, runs } = options;
  const server = await startLabServer({ port, runs: resolve(runs) });
  const address = `${server.address}${options.at === "" ? "" : `?${options.at.replace(/^\?/, "")}`}`;
  output.result(
    { address, runs: resolve(runs) },
    `The lab is at ${output.strong(address)} (this machine alone). Ctrl-C ends it.`,
  );
  if (options.open) {
    // Whoever has no browser here has read the address.
    await openInBrowser(address).catch(() => output.note("no browser could be opened"));
  }
  await untilInterrupted();
  await server.close();
  return 0;
};

async function untilInterrupted(): Promise<void> {
  await interruptible(
    (signal) => new Promise<void>((ended) => signal.addEventListener("abort", () => ended())),
  );
}

export function labCommand(finish: (code: number) => void): Command {
  const command = new Command("lab")
    .description("serve the lab: a page where networks train live, side by side, in the browser")
    .option(
      "--port <n>",
      "port on 127.0.0.1; 0 for any that is free",
      wholeNumber("--port", 0),
      7400,
    )
    .option("--no-open", "do not open a browser")
    .option("--runs <folder>", "the runs to show", "runs")
    .option("--at <query>", "where to begin: what follows ? in the page's address", "");
  return defineCommand(command, finish, lab);
}

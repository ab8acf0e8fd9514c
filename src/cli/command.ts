import type { Command } from "commander";
import { createOutput, type Output } from "./output.ts";

/** What an action is given besides its own options. */
interface ActionContext<Options> {
  readonly args: readonly string[];
  readonly options: Options;
  readonly output: Output;
}

/** What a command does; the number it gives is the exit code. */
export type Action<Options> = (context: ActionContext<Options>) => Promise<number>;

/** Turns an action into commander's handler; every command takes `--json` through here. */
export function defineCommand<Options extends object>(
  command: Command,
  finish: (code: number) => void,
  action: Action<Options>,
): Command {
  return command
    .option("--json", "print one JSON object on stdout, and nothing else there")
    .allowExcessArguments(false)
    .action(async () => {
      const options = command.optsWithGlobals<Options & { readonly json?: boolean }>();
      const output = createOutput(options.json === true);
      finish(await action({ args: command.args, options, output }));
    });
}

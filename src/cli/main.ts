#!/usr/bin/env node
/** The command `evenkeel`: reads the arguments and runs one command. */
import { CommanderError, type Command } from "commander";
import { hasCode } from "./atomic-write.ts";
import { createProgram } from "./program.ts";
import { reportError } from "./report-error.ts";
import { UsageError } from "./usage-error.ts";

async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes("--json");
  const help: string[] = [];
  let code = 0;
  const program = createProgram((finished) => {
    code = finished;
  });
  silence(program, help);
  try {
    if (argv.every((word) => word === "--json")) program.help();
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error, json);
    if (error.exitCode === 0) {
      const kind = error.code === "commander.version" ? "version" : "help";
      const text = help.join("").trimEnd();
      process.stdout.write(json ? `${JSON.stringify({ [kind]: text })}\n` : `${text}\n`);
      return 0;
    }
    return reportError(
      error.code === "commander.help" ? missingCommand(program, argv) : error,
      json,
    );
  }
}

/** Keeps commander from printing and from ending the process: both are decided above. */
function silence(command: Command, help: string[]): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => void help.push(text),
    writeErr: () => undefined,
  });
  for (const child of command.commands) silence(child, help);
}

/** `evenkeel data` names a group of commands, but none of them. */
function missingCommand(program: Command, argv: readonly string[]): UsageError {
  const group = program.commands.find((each) => argv.includes(each.name())) ?? program;
  const known = group.commands.map((each) => each.name()).join(", ");
  return new UsageError(`${group.name()}: needs one of its commands, known: ${known}`);
}

// A reader that has seen enough, such as `head`, closes the pipe: that is not an error.
process.stdout.on("error", (error) => {
  if (hasCode(error, "EPIPE")) process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));

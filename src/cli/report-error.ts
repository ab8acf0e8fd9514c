/** What went wrong, in one line, and the exit code that goes with it. */
import { CommanderError } from "commander";
import { InterruptedError, interruptedCode } from "./interrupt.ts";

const failed = 1;
const badUsage = 2;

/** Errors that say all a user needs; any other is our own mistake and shows where it came from. */
const plain = new Set([
  "ShapeError",
  "DataError",
  "BackendError",
  "OptionError",
  "UsageError",
  "InterruptedError",
]);

/** To stderr; under --json to stdout, as the one object there. Gives the exit code. */
export function reportError(error: unknown, json: boolean): number {
  const exitCode = exitCodeFor(error);
  const name = error instanceof Error ? error.name : "Error";
  const message = oneLine(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: { name, message, exitCode } })}\n`);
  else process.stderr.write(`evenkeel: ${message}\n`);
  if (exitCode === failed && !plain.has(name) && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ""}\n`);
  }
  return exitCode;
}

function exitCodeFor(error: unknown): number {
  if (error instanceof InterruptedError) return interruptedCode;
  const usage =
    error instanceof CommanderError || ["UsageError", "OptionError"].includes(nameOf(error));
  return usage ? badUsage : failed;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
}

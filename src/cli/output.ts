/** What goes where: results to stdout, everything else to stderr; under --json one object, no more. */
import { styleText } from "node:util";

export interface Output {
  readonly json: boolean;
  /** Is stderr a terminal, so that progress may redraw itself? */
  readonly live: boolean;
  /** The result of a command: as JSON, or as text for people. Called once. */
  result(value: object, text: string): void;
  /** One line about what is going on, to stderr. */
  note(line: string): void;
  /** Bold on stdout, where colours are allowed there. */
  strong(text: string): string;
}

export function createOutput(json: boolean): Output {
  return Object.freeze({
    json,
    live: canRedraw(),
    result(value: object, text: string): void {
      process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
    },
    note(line: string): void {
      process.stderr.write(`${line}\n`);
    },
    strong: (text: string): string => styleText("bold", text, { stream: process.stdout }),
  });
}

/** A terminal without a size, as some containers give, shows nothing of what is redrawn. */
function canRedraw(): boolean {
  const { isTTY, rows, columns } = process.stderr;
  return isTTY && rows > 0 && columns > 0 && process.env["TERM"] !== "dumb";
}

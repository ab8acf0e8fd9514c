import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Replies, Reply, Request } from "./engines/protocol.ts";
import type { Entrant } from "./roster.ts";

/** An engine running in a process of its own. */
export interface Child {
  readonly ready: Replies["ready"];
  /** Rejects with the engine's own words when it cannot do what is asked. */
  ask<Name extends Request["command"]>(
    request: Extract<Request, { command: Name }>,
    patience?: number,
  ): Promise<Replies[Name]>;
  close(): void;
}

/** Seconds after which an engine that does not answer counts as hung, if nothing else is said. */
const PATIENCE = 120;

/** Starts an engine; rejects with the reason if it is not to be had here. */
export async function startChild({ command, environment }: Entrant): Promise<Child> {
  const [file, ...args] = command;
  const child = spawn(file!, args, { env: environment, stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.on(
    "data",
    (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-4000)),
  );
  // A child that is gone shows as the end of its output; writing to it must not end the bench too.
  child.stdin.on("error", () => {});
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  failed.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function next<Name extends keyof Replies>(patience = PATIENCE): Promise<Replies[Name]> {
    const line = await withPatience(Promise.race([lines.next(), failed]), patience);
    if (line.done === true) throw new Error(lastLine(complaints) ?? "ended without a word");
    const reply = JSON.parse(line.value) as Reply<Name>;
    if ("error" in reply) throw new Error(reply.error);
    return reply;
  }
  async function ask<Name extends Request["command"]>(
    request: Request,
    patience?: number,
  ): Promise<Replies[Name]> {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return next<Name>(patience);
  }
  const close = (): void => void child.kill();
  try {
    return { ready: await next<"ready">(), ask, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function withPatience<Value>(answer: Promise<Value>, seconds: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${seconds} seconds`)),
      seconds * 1000,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a dying process says last is usually why: an exception's message, not its trace. */
function lastLine(text: string): string | undefined {
  const home = fileURLToPath(new URL("../", import.meta.url));
  const lines = text.split("\n").map((line) => line.trim().replaceAll(home, ""));
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.findLast((line) => line !== "");
}

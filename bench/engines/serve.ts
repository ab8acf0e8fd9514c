import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { joinTensors, loadProblem, type Problem } from "../problem.ts";
import type { Engine, Trainer } from "./engine.ts";
import type { Replies, Request } from "./protocol.ts";

/** Answers the bench's requests on standard input until it closes. */
export async function serve(start: () => Promise<Engine>): Promise<void> {
  // Standard output carries answers only: what a library has to say to people goes beside it.
  console.log = console.error;
  console.info = console.error;
  const send = (reply: object): void => void process.stdout.write(`${JSON.stringify(reply)}\n`);
  let engine: Engine;
  try {
    engine = await start();
  } catch (error) {
    send({ error: messageOf(error) });
    return;
  }
  send({ description: engine.description });
  let loaded: Loaded | null = null;
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const request = JSON.parse(line) as Request;
      if (request.command === "load") {
        const problem = loadProblem(request.directory);
        loaded = { problem, trainer: await engine.load(problem) };
        send({});
      } else if (loaded === null) {
        throw new Error(`${request.command}: needs a problem, got none loaded`);
      } else {
        send(await answer(request, loaded));
      }
    } catch (error) {
      send({ error: messageOf(error) });
    }
  }
}

interface Loaded {
  readonly problem: Problem;
  readonly trainer: Trainer;
}

function answer(
  request: Exclude<Request, { command: "load" }>,
  { problem, trainer }: Loaded,
): Promise<Replies["check" | "time" | "heap"]> {
  switch (request.command) {
    case "check":
      return check(problem, trainer, request.steps, request.file);
    case "time":
      return time(trainer, request.seconds);
    case "heap":
      return heap(trainer, request.steps);
  }
}

async function check(
  problem: Problem,
  trainer: Trainer,
  steps: number,
  file: string,
): Promise<Replies["check"]> {
  await trainer.reset();
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    await trainer.run(1);
    losses.push(await trainer.loss());
  }
  writeFileSync(file, joinTensors(problem.workload, await trainer.tensors()));
  return { losses };
}

/** Every timing starts from the initial tensors, so that no engine trains into easier numbers. */
async function time(trainer: Trainer, seconds: number): Promise<Replies["time"]> {
  await trainer.reset();
  const runUp = performance.now();
  let chunk = 0;
  while (performance.now() - runUp < seconds * 200 || chunk < 2) {
    await trainer.run(1);
    chunk++;
  }
  // A look at the clock and one await per chunk of a twentieth of the time: lost in the noise.
  chunk = Math.max(1, Math.floor(chunk / 4));
  let steps = 0;
  let elapsed = 0;
  const start = performance.now();
  while (elapsed < seconds * 1000) {
    await trainer.run(chunk);
    steps += chunk;
    elapsed = performance.now() - start;
  }
  return { steps, msPerStep: elapsed / steps };
}

/** Growth within one run, from a tenth of the way on: what starting it costs is not a leak. */
async function heap(trainer: Trainer, steps: number): Promise<Replies["heap"]> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("heap: needs node --expose-gc");
  if (trainer.train === undefined) throw new Error("heap: this engine has no training loop here");
  const used = (): number => {
    gc();
    return process.memoryUsage().heapUsed;
  };
  const first = Math.ceil(steps / 10);
  const seen = { before: Number.NaN, after: Number.NaN };
  await trainer.train(first + steps, (step) => {
    if (step === first) seen.before = used();
    if (step === first + steps) seen.after = used();
  });
  return { bytes: seen.after - seen.before, steps };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

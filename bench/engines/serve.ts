import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { isNetwork, joinTensors, loadProblem, type NetworkProblem } from "../problem.ts";
import type { Calculator, Engine, Trainer } from "./engine.ts";
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
        loaded = isNetwork(problem)
          ? { problem, trainer: await engine.load(problem) }
          : { calculator: await engine.loadOperation(problem) };
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

type Loaded =
  | { readonly problem: NetworkProblem; readonly trainer: Trainer }
  | { readonly calculator: Calculator };

function answer(
  request: Exclude<Request, { command: "load" }>,
  loaded: Loaded,
): Promise<Replies["check" | "time" | "heap"]> {
  switch (request.command) {
    case "check":
      return "trainer" in loaded
        ? check(loaded.problem, loaded.trainer, request.file)
        : calculate(loaded.calculator, request.file);
    case "time":
      return time("trainer" in loaded ? loaded.trainer : loaded.calculator, request.seconds);
    case "heap":
      if (!("trainer" in loaded)) throw new Error("heap: needs a network, got an operation");
      return heap(loaded.trainer, request.steps);
  }
}

async function check(
  problem: NetworkProblem,
  trainer: Trainer,
  file: string,
): Promise<Replies["check"]> {
  trainer.giveMasks?.(true);
  const started = performance.now();
  await trainer.reset();
  const losses: number[] = [];
  for (let step = 0; step < problem.workload.checkSteps; step++) {
    await trainer.run(1);
    losses.push(await trainer.loss());
  }
  const seconds = (performance.now() - started) / 1000 / losses.length;
  trainer.giveMasks?.(false);
  writeFileSync(file, joinTensors(problem.workload, await trainer.tensors()));
  return { losses, seconds };
}

async function calculate(calculator: Calculator, file: string): Promise<Replies["check"]> {
  await calculator.reset();
  const started = performance.now();
  await calculator.run(1);
  const seconds = (performance.now() - started) / 1000;
  writeFileSync(file, await calculator.result());
  return { losses: [], seconds };
}

/** Every timing starts from the initial tensors, so that no engine trains into easier numbers. */
async function time(trainer: Trainer | Calculator, seconds: number): Promise<Replies["time"]> {
  await trainer.reset();
  // Ever more steps at once, until a fifth of the time is over: to ask a page takes a while too.
  const runUp = performance.now();
  let chunk = 1;
  let took = 0;
  for (;;) {
    const started = performance.now();
    await trainer.run(chunk);
    took = performance.now() - started;
    if (performance.now() - runUp > seconds * 200) break;
    chunk *= 2;
  }
  // A look at the clock and one question per chunk of an eighth of the time: lost in the noise.
  chunk = Math.max(1, Math.floor((chunk * seconds * 125) / took));
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

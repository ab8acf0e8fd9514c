/** The wasm backend with several threads: bitwise what one thread computes, step after step. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { BackendError } from "../src/base/errors.ts";
import { openThreadHost } from "../src/cli/thread-host.ts";
import { emitModule } from "../src/emit/wasm/module.ts";
import { meetingsOf } from "../src/emit/wasm/threads.ts";
import { input, matmul, mul, state, type Program } from "../src/graph/index.ts";
import { constantIndex, f32, kernelBuilder } from "../src/loops/builder.ts";
import type { Buffer, Kernel } from "../src/loops/ir.ts";
import {
  batchNorm,
  conv2d,
  dropout,
  flatten,
  linear,
  maxPool2d,
  relu,
  sequential,
  sigmoid,
} from "../src/nn/index.ts";
import { selectBackend } from "../src/run/select.ts";
import { word } from "../src/run/thread-control.ts";
import type { Thread, ThreadHost, ThreadListener } from "../src/run/thread-host.ts";
import { openTeam, type Team } from "../src/run/wasm-team.ts";
import { wasmBackend } from "../src/run/wasm.ts";
import { counter, counting } from "./counting.ts";
import { trainingBits, type Task } from "./training-bits.ts";

const found = openThreadHost();
if ("reason" in found) throw new Error(found.reason);
const realHost = found.host;

const fullyConnected: Task = {
  model: sequential(
    linear(300, 400),
    batchNorm(400),
    sigmoid(),
    dropout({ rate: 0.3 }),
    linear(400, 10),
  ),
  batchSize: 64,
  inputShape: [300],
  steps: 60,
};
const convolutional: Task = {
  model: sequential(
    conv2d(3, 32, 3, { padding: 1 }),
    batchNorm(32),
    relu(),
    maxPool2d(2),
    conv2d(32, 48, 3, { padding: 1 }),
    relu(),
    flatten(),
    linear(48 * 64, 10),
  ),
  batchSize: 16,
  inputShape: [16, 16, 3],
  steps: 10,
};

const showing = (factor: number): Program => ({
  outputs: { y: mul(state(counter), factor) },
  writes: [],
});
const ones = input("x", [2000, 2000]);
const large: Program = { outputs: { y: matmul(ones, ones) }, writes: [] };

describe("wasm, several threads", () => {
  test.each([
    ["fully connected", fullyConnected],
    ["convolutional", convolutional],
  ])("%s: 2 and 3 threads leave bitwise the weights of 1", async (_, task) => {
    const expected = await trainingBits(wasmBackend(), task);
    for (const threads of [2, 3]) {
      expect(await trainingBits(wasmBackend({ threads }), task)).toEqual(expected);
    }
  });

  test("threads that fell asleep between two steps wake up for the next", async () => {
    const backend = wasmBackend({ threads: 2 });
    const atOnce = await trainingBits(backend, { ...fullyConnected, steps: 5 });
    expect(await trainingBits(backend, { ...fullyConnected, steps: 5, pause: 30 })).toEqual(atOnce);
  });

  test("10,000 small steps of two programs in turn lose none", async () => {
    const session = await wasmBackend({ threads: 2 }).open();
    const count = await session.compile(counting);
    const show = await session.compile(showing(1));
    for (let i = 1; i <= 10_000; i++) {
      count.run();
      if (i % 100 > 0) continue;
      show.run();
      const shown = show.output("y");
      expect(shown.every((each) => each === i)).toBe(true);
    }
  });

  test("programs compiled later, at once and with much memory, work beside the earlier", async () => {
    const session = await wasmBackend({ threads: 2 }).open();
    const count = await session.compile(counting);
    count.run();
    const [twice, thrice] = await Promise.all([
      session.compile(showing(2)),
      session.compile(showing(3)),
    ]);
    // Runs while another program is on its way to the threads.
    const compiling = session.compile(large);
    count.run();
    const product = await compiling;
    product.input("x").fill(1);
    product.run();
    for (const executable of [count, twice, thrice]) executable.run();
    expect(new Set(twice.output("y"))).toEqual(new Set([6]));
    expect(new Set(thrice.output("y"))).toEqual(new Set([9]));
    expect(new Set(product.output("y"))).toEqual(new Set([2000]));
    expect(new Set(session.read(counter))).toEqual(new Set([3]));
  });

  test.each([0, 1.5, 65])("refuses %d threads", (threads) => {
    expect(() => wasmBackend({ threads })).toThrow(
      `wasm: threads must be an integer in [1, 64], got ${threads}`,
    );
  });

  test.each([0, -1, Number.NaN, Infinity])("refuses to wait %d ms", (patience) => {
    expect(() => wasmBackend({ patience })).toThrow(
      `wasm: patience must be in (0, 2 ** 31) ms, got ${patience}`,
    );
  });

  test("says how many threads it has", async () => {
    const backend = await selectBackend("wasm", { threads: 2 });
    expect(backend.description).toMatch(/^wasm, 128-bit SIMD .*, 2 threads$/);
  });
});

describe("a thread that fails", () => {
  test("is not waited for: it never comes", async () => {
    const { team, program } = await teamOf(deadHost, 50);
    expect(() => team.run(program)).toThrow(
      new BackendError(
        "wasm: every thread must come to each meeting within 50 ms, got one that did not",
      ),
    );
    expect(() => team.run(program)).toThrow("wasm: a session's threads must work to its end, got");
  });

  test("is not waited for: it never answers", async () => {
    const mute: ThreadHost = { start: () => ({ ...deadHost.start(nobody), post: () => null }) };
    await expect(teamOf(mute, 50)).rejects.toThrow(
      "wasm: a session's threads must work to its end, got no answer within 50 ms",
    );
  });

  test("is not waited for: its part traps", async () => {
    const beyond: Buffer = { name: "beyond", length: 1 };
    const k = kernelBuilder("trap");
    k.store(beyond, constantIndex(0), f32(1, 1));
    const nothing = kernelBuilder("nothing").finish();
    const { team, program } = await teamOf(realHost, 60_000, [nothing, k.finish()]);
    expect(() => team.run(program)).toThrow(
      "wasm: every thread must finish its part, got one that failed",
    );
  });

  test("ends the session when it is killed between two steps", async () => {
    const threads: Thread[] = [];
    const killed = Promise.withResolvers<void>();
    const host: ThreadHost = {
      start(listener) {
        const failed = (reason: string): void => {
          listener.failed(reason);
          killed.resolve();
        };
        const thread = realHost.start({ ...listener, failed });
        threads.push(thread);
        return thread;
      },
    };
    const { team, program, module } = await teamOf(host, 60_000);
    team.run(program);
    threads[0]!.hold(true);
    threads[0]!.stop();
    await killed.promise;
    const message = "must work to its end, got a thread that ended with exit code 1";
    expect(() => team.run(program)).toThrow(message);
    await expect(team.add(module, 1)).rejects.toThrow(message);
  });
});

describe("a program with idle threads", () => {
  const open = `
    import { wasmBackend } from ${JSON.stringify(new URL("../src/run/wasm.ts", import.meta.url))};
    import { counting } from ${JSON.stringify(new URL("counting.ts", import.meta.url))};
    async function work() {
      const session = await wasmBackend({ threads: 3 }).open();
      const executable = await session.compile(counting);
      executable.run();
      return session;
    }`;

  test("ends by itself", () => {
    const { status, stdout, stderr } = node(
      `${open}; const session = await work(); console.log(session.backend.name);`,
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "wasm\n", stderr: "" });
  });

  test.skipIf(process.platform !== "linux")("ends the threads of forgotten sessions", () => {
    const { stdout } = node(`${open}
      import { readdirSync } from "node:fs";
      const threads = () => readdirSync("/proc/self/task").length;
      const before = threads();
      for (let i = 0; i < 4; i++) await work();
      const most = threads();
      for (let i = 0; i < 200 && threads() > before; i++) {
        globalThis.gc();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      console.log(JSON.stringify([most - before, threads() - before]));`);
    const [most, left] = JSON.parse(stdout) as [number, number];
    expect(most).toBeGreaterThanOrEqual(8);
    expect(left).toBeLessThanOrEqual(0);
  });
});

function node(script: string): { status: number | null; stdout: string; stderr: string } {
  const flags = ["--expose-gc", "--conditions=evenkeel-source", "--input-type=module"];
  return spawnSync(process.execPath, [...flags, "-e", script], {
    encoding: "utf8",
    timeout: 40_000,
  });
}

/** Threads that take programs and never run any. */
const deadHost: ThreadHost = {
  start(listener) {
    let programs = 0;
    return {
      post: ({ type }) => (type === "program" ? listener.answer({ programs: ++programs }) : null),
      hold: () => undefined,
      stop: () => undefined,
    };
  },
};

const nobody: ThreadListener = { answer: () => undefined, failed: () => undefined };

interface Opened {
  readonly team: Team;
  readonly module: WebAssembly.Module;
  readonly program: number;
}

/** Two threads with a program of one step. Its buffers lie beyond the end of memory. */
async function teamOf(
  host: ThreadHost,
  patience: number,
  parts: readonly Kernel[] = [],
): Promise<Opened> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const team = openTeam({ host, threads: 2, memory, patience });
  const plan = { count: 2, steps: [{ parts, meet: false }], counter: word.met * 4 };
  const bytes = emitModule(parts, {
    addressOf: () => 2 ** 17,
    relaxedFma: false,
    memory: { minimum: 1, maximum: 1, shared: true },
    threads: plan,
  });
  const module = await WebAssembly.compile(bytes);
  return { team, module, program: await team.add(module, meetingsOf(plan)) };
}

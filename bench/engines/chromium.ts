/** An engine in a worker of a cross-origin-isolated page in Chromium: `chromium.ts evenkeel threads=2`. */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { rolldown } from "rolldown";
import type { Engine, Trainer, Calculator } from "./engine.ts";
import type { Question } from "./page/answer.ts";
import { pack, unpack } from "./page/pack.ts";
import { serve } from "./serve.ts";

const PATH = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** What the page's worker runs: peers are imported here, where no type of theirs is needed. */
const programs: Readonly<Record<string, () => string>> = {
  evenkeel: () => `import { startEvenkeel } from "./page/evenkeel.ts"; startEvenkeel();`,
  "jax-js": () => `import * as jax from "@jax-js/jax";
    import { startJax } from "./page/jax-js.ts"; startJax("${versionOf("@jax-js/jax")}", jax);`,
  tfjs: () => `import * as tf from "@tensorflow/tfjs";
    import * as wasm from "@tensorflow/tfjs-backend-wasm";
    import { startTfjs } from "./page/tfjs.ts";
    startTfjs("${versionOf("@tensorflow/tfjs")}", tf, wasm);`,
};

const here = fileURLToPath(import.meta.url);

/** A file, or a program that stands beside this one. */
async function bundle(input: string, program = ""): Promise<string> {
  const build = await rolldown({
    input,
    platform: "browser",
    logLevel: "silent",
    resolve: {
      conditionNames: ["evenkeel-source", "browser", "import"],
      modules: [fileURLToPath(new URL("../node_modules", import.meta.url)), "node_modules"],
    },
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === "program" ? `${here}.program.js` : null),
        load: (id) => (id === `${here}.program.js` ? program : null),
      },
    ],
  });
  const { output } = await build.generate({ format: "es", codeSplitting: false });
  await build.close();
  return output[0].code;
}

const folderOf = (peer: string): URL => new URL(`../node_modules/${peer}/`, import.meta.url);

function versionOf(peer: string): string {
  const manifest = new URL("package.json", folderOf(peer));
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

const PAGE = `<!doctype html><script type="module">
const worker = new Worker("/engine.js" + location.search, { type: "module" });
globalThis.ask = (text) => new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message || "the worker did not load"));
  worker.postMessage(text);
});
document.title = "ready";
</script>`;

async function listen(scripts: ReadonlyMap<string, string>): Promise<Server> {
  const folder = new URL("dist/", folderOf("@tensorflow/tfjs-backend-wasm"));
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0]!;
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    const wasm = /^\/tfjs\/([a-z-]+\.wasm)$/.exec(path)?.[1];
    if (wasm !== undefined) {
      response.setHeader("content-type", "application/wasm");
      response.end(readFileSync(new URL(wasm, folder)));
      return;
    }
    const script = scripts.get(path);
    response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
    response.end(script ?? PAGE);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

async function openPage(engine: string, query: string): Promise<Page> {
  if (!existsSync(PATH)) throw new Error(`chromium: needs Chromium at ${PATH} (or in CHROMIUM)`);
  const program = programs[engine];
  if (program === undefined) throw new Error(`chromium: needs a known engine, got ${engine}`);
  const thread = fileURLToPath(new URL("../../src/run/wasm-thread-page.ts", import.meta.url));
  const scripts = new Map([
    ["/engine.js", await bundle("program", program())],
    ["/wasm-thread-page.js", await bundle(thread)],
  ]);
  const server = await listen(scripts);
  const browser = await chromium.launch({
    executablePath: PATH,
    args: ["--no-sandbox", "--disable-background-networking"],
    handleSIGTERM: false,
  });
  // The bench ends its children so.
  process.on("SIGTERM", () => void browser.close().finally(() => process.exit()));
  const page = await browser.newPage();
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://127.0.0.1:${port}/?${query}`);
  await page.waitForFunction(`document.title === "ready"`);
  return page;
}

async function start(): Promise<Engine> {
  const [, , engine = "", query = ""] = process.argv;
  const page = await openPage(engine, query);
  // One question at a time: some are asked without waiting for the answer.
  let last: Promise<unknown> = Promise.resolve();
  function ask<Answer = null>(question: Question): Promise<Answer> {
    const answer = last.then(() => answerTo<Answer>(question));
    last = answer.catch(() => null);
    return answer;
  }
  async function answerTo<Answer>(question: Question): Promise<Answer> {
    const text = await page.evaluate<string, string>(
      (packed) => (globalThis as unknown as { ask(text: string): Promise<string> }).ask(packed),
      pack(question),
    );
    const { value, error } = unpack(text) as { value: Answer; error?: string };
    if (error !== undefined) throw new Error(error);
    return value;
  }
  const repeated = {
    reset: async () => void (await ask({ name: "reset" })),
    run: async (count: number) => void (await ask({ name: "run", count })),
  };
  const browser = page.context().browser()!.version();
  return {
    description: `${await ask<string>({ name: "start" })}, in a worker of Chromium ${browser}`,
    async load(problem): Promise<Trainer> {
      await ask({ name: "load", problem });
      return {
        ...repeated,
        loss: async () => ask<number>({ name: "loss" }),
        tensors: async () => ask<Map<string, Float32Array>>({ name: "tensors" }),
        giveMasks: (given) => void ask({ name: "giveMasks", given }),
      };
    },
    async loadOperation(problem): Promise<Calculator> {
      await ask({ name: "loadOperation", problem });
      return { ...repeated, result: async () => ask<Float32Array>({ name: "result" }) };
    },
  };
}

await serve(start);
process.kill(process.pid, "SIGTERM");

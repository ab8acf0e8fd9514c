/**
 * The library in a browser: what an application's bundler takes from the package holds nothing of
 * Node, and trains in Chromium to bitwise the weights that Node trains.
 */
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sourceEntries } from "./package-entries.ts";

const entries = sourceEntries(["browser", "import"]);
const chromiumPath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const needed = process.env["EVENKEEL_NEED_CHROMIUM"] === "1";
const missing = !existsSync(chromiumPath) && !needed;
if (missing) console.warn(`browser test skipped: no Chromium at ${chromiumPath} (or in CHROMIUM)`);

const program = `
import { batchNorm, dropout, linear, relu, sequential } from "evenkeel/nn";
import { crossEntropy, fit, sgd } from "evenkeel/train";
import { digitsSample } from "evenkeel/data";
import { selectBackend } from "evenkeel/run";

export async function train(threads) {
  const model = sequential(
    linear(784, 32), batchNorm(32), relu(), dropout({ rate: 0.5 }),
    linear(32, 10),
  );
  const run = fit(model, {
    data: await digitsSample(), loss: crossEntropy(),
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    epochs: 4, batchSize: 40, seed: 1, backend: await selectBackend("auto", { threads }),
  });
  const events = [];
  for await (const event of run) events.push(event);
  const weights = Object.fromEntries([...run.weights()].map(([path, { data }]) => [path, [...data]]));
  return { events, weights };
}
`;

interface Outcome {
  readonly events: readonly {
    readonly type: string;
    readonly backend?: string;
    readonly outcome?: string;
    readonly result?: { readonly accuracy: number };
  }[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

/** Bundles the program for the browser; imports that no source answers stay in \`outside\`. */
async function bundle(
  source: string,
  entry = "program",
): Promise<{ code: string; outside: readonly string[] }> {
  const build = await rolldown({
    input: entry,
    platform: "browser",
    logLevel: "silent",
    external: /^node:/,
    // The package's own `imports` lead to the sources too.
    resolve: { alias: entries, conditionNames: ["evenkeel-source", "browser", "import"] },
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === "program" ? id : null),
        load: (id) => (id === "program" ? source : null),
      },
    ],
  });
  const { output } = await build.generate({ format: "es", codeSplitting: false });
  await build.close();
  const [{ code, fileName, imports, dynamicImports }] = output;
  // What is loaded on demand is in the one file too, which then names itself.
  const outside = [...imports, ...dynamicImports].filter((name) => name !== fileName);
  return { code, outside };
}

async function trainInNode(code: string): Promise<Outcome> {
  const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
  const module = (await import(/* @vite-ignore */ url)) as {
    train(threads: number): Promise<Outcome>;
  };
  return module.train(1);
}

let code = "";
let threadCode = "";
beforeAll(async () => {
  ({ code } = await bundle(program));
  const script = fileURLToPath(new URL("../src/run/wasm-thread-page.ts", import.meta.url));
  // An entry, as bundlers make it: a mere import would be left out, having no side effects.
  ({ code: threadCode } = await bundle("", script));
});

describe("bundled for a browser", () => {
  test("the library imports nothing from outside", async () => {
    const { outside } = await bundle(program);
    expect(outside).toEqual([]);
    expect(code).not.toMatch(/\bprocess\.|\bBuffer\.|\brequire\(/);
  });

  test.each(Object.keys(entries))("%s imports nothing from outside", async (entry) => {
    const everything = `export * from ${JSON.stringify(entry)};`;
    const { outside, code: bundled } = await bundle(everything);
    expect(outside).toEqual([]);
    expect(bundled.length).toBeGreaterThan(0);
  });

  test("a Node import would be seen", async () => {
    const { outside } = await bundle(`export { readFileSync } from "node:fs";`);
    expect(outside).toEqual(["node:fs"]);
  });

  test("a layer alone leaves the rest of the library out", async () => {
    const { code: small } = await bundle(`export { relu } from "evenkeel/nn";`);
    expect(small).toContain("relu");
    expect(small).not.toContain("safetensors");
    expect(small.length).toBeLessThan(code.length / 10);
  });
});

describe.skipIf(missing)("in Chromium", () => {
  let server: Server;
  let address = "";

  beforeAll(async () => {
    const page = `<!doctype html><script type="module">import * as m from "/program.js"; globalThis.train = m.train; document.title = "ready";</script>`;
    const scripts = new Map([
      ["/program.js", code],
      ["/wasm-thread-page.js", threadCode],
    ]);
    server = createServer((request, response) => {
      const script = scripts.get(request.url ?? "");
      response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
      if (request.url !== "/") {
        response.setHeader("cross-origin-opener-policy", "same-origin");
        response.setHeader("cross-origin-embedder-policy", "require-corp");
      }
      response.end(script ?? page);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  afterAll(() => void server.close());

  /** What `use` finds on the page, once its program is there, and the errors that nobody caught. */
  async function onPage<T>(path: string, use: (page: Page) => Promise<T>): Promise<[T, string[]]> {
    const browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      await page.goto(address + path);
      await page.waitForFunction(`document.title === "ready"`);
      return [await use(page), errors];
    } finally {
      await browser.close();
    }
  }

  test("the same program trains to bitwise the same weights as in Node", async () => {
    const [inBrowser, errors] = await onPage("", (page) => page.evaluate<Outcome>("train(1)"));
    const inNode = await trainInNode(code);
    expect(errors).toEqual([]);
    expect(inBrowser.events[0]?.backend).toMatch(/^wasm, 128-bit SIMD/);
    expect(inBrowser.events.at(-1)?.outcome).toBe("finished");
    const accuracies = inBrowser.events.flatMap(({ result }) => result?.accuracy ?? []);
    expect(accuracies.at(-1)).toBeGreaterThan(0.7);
    expect(inBrowser.events[0]?.backend).toBe(inNode.events[0]?.backend);
    expect(inBrowser.weights).toEqual(inNode.weights);
  });

  test("on a cross-origin-isolated page two threads train to bitwise the same weights", async () => {
    const [inBrowser, errors] = await onPage("isolated", (page) =>
      page.evaluate<Outcome>("train(2)"),
    );
    expect(errors).toEqual([]);
    expect(inBrowser.events[0]?.backend).toMatch(/^wasm, 128-bit SIMD .*, 2 threads$/);
    expect(inBrowser.weights).toEqual((await trainInNode(code)).weights);
  });

  test("on another page two threads are refused with the reason", async () => {
    const [refusal] = await onPage("", (page) =>
      page.evaluate<string>("train(2).catch((error) => error.message)"),
    );
    expect(refusal).toMatch(/^wasm: threads need a cross-origin-isolated page/);
  });

  test("a worker script that is not there is told of", async () => {
    const [refusal] = await onPage("isolated", async (page) => {
      await page.route("**/wasm-thread-page.js", (route) => route.fulfill({ status: 404 }));
      return page.evaluate<string>("train(2).catch((error) => error.message)");
    });
    expect(refusal).toMatch(/a worker whose script did not load/);
  });
});

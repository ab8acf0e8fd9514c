/** What the lab may cost its reader: kilobytes before a view stands, time before an input is answered. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LabServer } from "../src/cli/lab/lab-server.ts";
import { publicEntries } from "../web/public-entries.ts";
import { buildPage, chromiumMissing, chromiumPath, removePage, servePage } from "./lab-page.ts";

if (chromiumMissing) {
  console.warn(`lab budgets skipped: no Chromium at ${chromiumPath} (or in CHROMIUM)`);
}

/** Two arms of the usual size, looked into while they train, for longer than anybody watches. */
const endless = [
  "room=workbench&data=digits-sample&batch=40&steps=1000000&seed=1&seeds=1&watch=layers",
  "name=plain&net=linear(out=100),relu,linear(out=100),relu,linear(out=classes)&opt=sgd(learningRate=0.01)",
  "name=normalized&net=linear(out=100),batchNorm,relu,linear(out=100),batchNorm,relu,linear(out=classes)&opt=sgd(learningRate=0.01)",
].join("&");

/** From each click and key to the frame after it, and every task over 50 ms, in milliseconds. */
const watchInput = `
  globalThis.answers = [];
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTasks.push(duration);
  }).observe({ type: "longtask" });
  for (const type of ["pointerdown", "keydown"]) {
    addEventListener(type, ({ timeStamp }) => {
      // The second callback comes when the frame after the event has been made.
      requestAnimationFrame(() => requestAnimationFrame((now) => answers.push(now - timeStamp)));
    }, { capture: true });
  }`;

describe.skipIf(chromiumMissing)("the lab's budgets", () => {
  let folder = "";
  let server: LabServer;
  let browser: Browser;

  beforeAll(async () => {
    [folder, browser] = await Promise.all([
      buildPage(),
      chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu"] }),
    ]);
    server = await servePage(folder);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    if (folder !== "") removePage(folder);
  });

  /** Uses the page at an address as a first visitor, with nothing cached. */
  async function at<T>(query: string, use: (page: Page) => Promise<T>): Promise<T> {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(`${server.address}${query === "" ? "" : `?${query}`}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      return await use(page);
    } finally {
      await context.close();
    }
  }

  /** Kilobytes of scripts, compressed, that the view at an address takes. */
  async function weighView(query: string): Promise<number> {
    const loaded = await at(query, async (page) => {
      await page.waitForLoadState("networkidle");
      return page.evaluate<string[]>(
        'performance.getEntriesByType("resource").map(({ name }) => name)',
      );
    });
    const weights = loaded
      .map((address) => new URL(address).pathname)
      .filter((path) => path.endsWith(".js"))
      .map((path) => gzipSync(readFileSync(join(folder, path))).length);
    expect(weights.length).toBeGreaterThan(1);
    return weights.reduce((sum, weight) => sum + weight, 0) / 1000;
  }

  test("the scripts of every view weigh at most 250 kB, compressed", async () => {
    const chapters = await at("", (page) =>
      page.evaluate<string[]>(
        '[...document.querySelectorAll("main ol a")].map(({ search }) => search.slice(1))',
      ),
    );
    expect(chapters.length).toBeGreaterThan(9);
    const rows: [query: string, kilobytes: number][] = [];
    for (const query of ["", ...chapters, "room=workbench", "room=runs"]) {
      rows.push([query, await weighView(query)]);
    }
    const table = rows.map(([query, weight]) => `${weight.toFixed(1).padStart(6)} kB  ?${query}`);
    const heavy = rows.filter(([, weight]) => weight > 250);
    expect(heavy, `kB of scripts by view:\n${table.join("\n")}`).toEqual([]);
  });

  test("the engine alone weighs at most 60 kB, compressed", async () => {
    const program = `
      export { batchNorm, dropout, linear, relu, sequential } from "evenkeel/nn";
      export { crossEntropy, fit, sgd } from "evenkeel/train";
      export { wasmBackend } from "evenkeel/run";`;
    const { output } = (await build({
      configFile: false,
      logLevel: "silent",
      resolve: { alias: publicEntries, conditions: ["evenkeel-source", "browser", "import"] },
      plugins: [
        {
          name: "program",
          resolveId: (id) => (id === "program" ? id : null),
          load: (id) => (id === "program" ? program : null),
        },
      ],
      build: {
        write: false,
        target: "es2024",
        rolldownOptions: { input: "program", preserveEntrySignatures: "strict" },
      },
    })) as Rolldown.RolldownOutput;
    const chunks = new Map(
      output.flatMap((one) => (one.type === "chunk" ? [[one.fileName, one]] : [])),
    );
    /** A chunk and what it cannot run without. */
    const needed = (name: string): string[] => [
      name,
      ...(chunks.get(name)?.imports ?? []).flatMap(needed),
    ];
    const entry = [...chunks.values()].find(({ isEntry }) => isEntry)!;
    const code = [...new Set(needed(entry.fileName))]
      .map((name) => chunks.get(name)!.code)
      .join("");
    expect(code).toContain("wasm");
    expect(gzipSync(code).length).toBeLessThan(60_000);
  });

  test("clicks and keys are answered while two arms train", async ({ annotate }) => {
    const { answers, longTasks } = await at(endless, async (page) => {
      await page.getByRole("button", { name: "Train", exact: true }).click();
      await page.getByTestId("phase").getByText("running", { exact: true }).waitFor();
      await page.getByRole("img", { name: "Test accuracy" }).waitFor();
      await page.evaluate(watchInput);
      for (let i = 0; i < 10; i++) {
        await page.getByText("Take it home").click();
        await page.keyboard.press("Tab");
        await page.waitForTimeout(100);
      }
      await page.waitForFunction("answers.length === 20");
      expect(await page.getByTestId("phase").textContent()).toBe("running");
      return page.evaluate<{ answers: number[]; longTasks: number[] }>("({ answers, longTasks })");
    });
    const longest = Math.max(0, ...longTasks);
    const slowest = Math.max(...answers);
    const median = answers.toSorted((a, b) => a - b)[10]!;
    const figures = [`median ${median}`, `slowest ${slowest}`, `longest task ${longest}`];
    await annotate(`from an input to the frame after it, in ms: ${figures.join(", ")}`);
    // Whether the page hangs, on any machine; how fast it is here is said above.
    expect(Math.max(longest, slowest)).toBeLessThan(10_000);
  });
});

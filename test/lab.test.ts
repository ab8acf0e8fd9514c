/**
 * The lab in Chromium, driven as a person would: it trains, it can be changed and shared, and it
 * says what went wrong.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LabServer } from "../src/cli/lab/lab-server.ts";
import { digitsSample } from "../src/data/index.ts";
import {
  batchNorm,
  crossEntropy,
  linear,
  relu,
  sequential,
  writeSafetensors,
} from "../src/nn/index.ts";
import { wasmBackend } from "../src/run/index.ts";
import { fit, sgd } from "../src/train/index.ts";
import { buildPage, chromiumMissing, chromiumPath, removePage, servePage } from "./lab-page.ts";
import { evenkeel } from "./spawn-evenkeel.ts";

if (chromiumMissing) {
  console.warn(`lab test skipped: no Chromium at ${chromiumPath} (or in CHROMIUM)`);
}

const axe = readFileSync(new URL(import.meta.resolve("axe-core")), "utf8");

/** Two small arms on the digits: a second of training. */
const plan = [
  "room=workbench&data=digits-sample&batch=40&steps=120&seed=3&seeds=1&watch=layers",
  "name=plain&net=linear(out=32),relu,linear(out=classes)&opt=sgd(learningRate=0.2)",
  "name=normalized&net=linear(out=32),batchNorm,relu,linear(out=classes)&opt=sgd(learningRate=0.2)",
].join("&");

const short = plan.replace("steps=120", "steps=20");
const endless = plan.replace("steps=120", "steps=1000000").replace("watch=layers", "watch=little");

/** What the page says it is doing. */
const phaseOf = (page: Page): Promise<string | null> => page.getByTestId("phase").textContent();

async function becomes(page: Page, phase: string): Promise<void> {
  await page.getByTestId("phase").getByText(phase, { exact: true }).waitFor();
}

async function train(page: Page): Promise<string[]> {
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await becomes(page, "over");
  return page.getByTestId("fingerprint").allTextContents();
}

describe.skipIf(chromiumMissing)("the lab", () => {
  let folder = "";
  let server: LabServer;
  let browser: Browser;

  beforeAll(async () => {
    folder = await buildPage();
    const runs = join(folder, "runs");
    mkdirSync(join(runs, "run-1"), { recursive: true });
    const about = { study: "a-study", arm: "plain", seed: 1, scale: { steps: 2 } };
    writeFileSync(join(runs, "run-1", "run.json"), JSON.stringify(about));
    writeFileSync(join(runs, "run-1", "events.jsonl"), '{"type":"start","step":0,"steps":2}\n');
    server = await servePage(folder, runs);
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    removePage(folder);
  });

  /** Uses the page at an address; nothing may go wrong that it does not say itself. */
  async function at<T>(
    query: string,
    use: (page: Page) => Promise<T>,
    colorScheme: "light" | "dark" = "light",
  ): Promise<T> {
    const context = await browser.newContext({ colorScheme, reducedMotion: "reduce" });
    try {
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      await page.goto(`${server.address}${query === "" ? "" : `?${query}`}`);
      const result = await use(page);
      expect(errors).toEqual([]);
      return result;
    } finally {
      await context.close();
    }
  }

  test("two arms train side by side until the digits are learned", async () => {
    await at(plan, async (page) => {
      await train(page);
      const shares = await page.getByTestId("train-accuracy").allTextContents();
      expect(shares.length).toBe(2);
      for (const share of shares) expect(Number.parseFloat(share)).toBeGreaterThan(90);
      await page.getByRole("img", { name: "Test accuracy" }).waitFor();
      expect(await page.getByTestId("run").count()).toBe(2);
    });
  });

  test("an address gives the same numbers bitwise, in the page and in Node", async () => {
    const [first, second] = await Promise.all([at(plan, train), at(plan, train)]);
    expect(second).toEqual(first);
    const run = fit(sequential(linear(784, 32), batchNorm(32), relu(), linear(32, 10)), {
      data: await digitsSample(),
      loss: crossEntropy(),
      optimizer: sgd({ learningRate: 0.2 }),
      steps: 120,
      batchSize: 40,
      seed: 3,
      backend: wasmBackend(),
    });
    await run.finish();
    const digest = createHash("sha256").update(writeSafetensors(run.weights())).digest("hex");
    expect(first[1]).toBe(digest.slice(0, 16));
  });

  test("what is changed while training is in the address, and is repeated exactly", async () => {
    const dropping = plan
      .replaceAll("relu,", "relu,dropout(rate=0.2),")
      .replace("steps=120", "steps=400");
    const [address, prints] = await at(dropping, async (page) => {
      await page.getByRole("button", { name: "Step", exact: true }).click();
      await becomes(page, "paused");
      await page.getByLabel("New learning rate").fill("0.05");
      await page.getByRole("button", { name: "Set", exact: true }).first().click();
      await page.waitForURL(/change=/);
      await page.getByRole("button", { name: "Step", exact: true }).click();
      await page.getByTestId("steps").getByText("2 / 400").waitFor();
      await page.getByLabel("New dropout rate").fill("0.6");
      await page.getByRole("button", { name: "Set", exact: true }).last().click();
      await page.waitForURL(/change=.*change=/);
      await page.getByRole("button", { name: "Go on" }).click();
      await becomes(page, "over");
      return [page.url(), await page.getByTestId("fingerprint").allTextContents()];
    });
    expect(address).toMatch(/change=step=1,learningRate=0.05&change=step=2,dropoutRate=0.6$/);
    const query = new URL(address).search.slice(1);
    expect(await at(query, train)).toEqual(prints);
    expect(await at(dropping, train)).not.toEqual(prints);
  });

  test("a setting is changed in the form, with the keyboard alone", async () => {
    await at(plan, async (page) => {
      await page.getByLabel("Batch size").focus();
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type("50");
      await page.keyboard.press("Tab");
      expect(new URL(page.url()).searchParams.get("batch")).toBe("50");
      await page.getByRole("button", { name: "Train", exact: true }).focus();
      await page.keyboard.press("Enter");
      await becomes(page, "over");
    });
  });

  test("a training can be paused, stopped, and left in the middle", async () => {
    await at(endless, async (page) => {
      await page.getByRole("button", { name: "Train", exact: true }).click();
      await becomes(page, "running");
      await page.getByRole("button", { name: "Pause" }).click();
      await becomes(page, "paused");
      await page.getByRole("button", { name: "Go on" }).click();
      await becomes(page, "running");
      await page.reload();
      expect(await phaseOf(page)).toBe("idle");
      expect(await page.getByLabel("Steps", { exact: true }).inputValue()).toBe("1000000");
      await page.getByRole("button", { name: "Train", exact: true }).click();
      await becomes(page, "running");
      await page.getByRole("button", { name: "Stop" }).click();
      await becomes(page, "over");
      expect(await page.getByTestId("run").first().textContent()).toContain("stopped");
    });
  });

  test("an arm that diverges says at which step and layer, and the others go on", async () => {
    const lost = plan.replace("sgd(learningRate=0.2)", "sgd(learningRate=1e30)");
    await at(lost, async (page) => {
      await train(page);
      const text = await page.getByText(/plain diverged at step/).textContent();
      expect(text).toMatch(/diverged at step \d+: the loss is .*, first in the output of layer \d/);
      expect(await page.getByTestId("run").last().textContent()).toContain("finished");
    });
  });

  test("a network that does not fit and an address that does not read are explained", async () => {
    await at(plan.replace(",linear(out=classes)", ""), async (page) => {
      await page
        .getByRole("alert")
        .getByText(/must end with 10 numbers for each example, got \[32\]/)
        .waitFor();
    });
    await at(plan.replace("batch=40", "batch=-1"), async (page) => {
      const alert = page.getByText(/address: batch must be a whole number in \[1, 65536\], got -1/);
      expect(await alert.count()).toBe(1);
    });
  });

  test("a table of one's own is read in the tab, trained on, and refused with the line", async () => {
    const own = plan.replace("data=digits-sample", "data=own&data.label=file");
    const rows = Array.from(
      { length: 80 },
      (_, i) => `${i % 7},${(i * 3) % 5},${i % 2 ? "a" : "b"}`,
    );
    await at(own.replaceAll("batch=40", "batch=8"), async (page) => {
      const file = page.getByLabel("A table (CSV, TSV)");
      const give = (text: string): Promise<void> =>
        file.setInputFiles({ name: "mine.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
      await give(`x,y,kind\n${rows.slice(0, 9).join("\n")}\n1,2,a,surplus\n`);
      await page
        .getByRole("alert")
        .getByText(/mine\.csv.*line 11/)
        .waitFor();
      await give(`x,y,kind\n${rows.join("\n")}\n`);
      await page.getByText(/64 rows to train and 16 to test.*2 classes of “kind”/).waitFor();
      const prints = await train(page);
      expect(prints).toEqual([
        expect.stringMatching(/^\w{16}$/),
        expect.stringMatching(/^\w{16}$/),
      ]);
    });
  });

  test("a folder of images is read class by class, and refused with what is missing", async () => {
    const images = join(folder, "images");
    const draw = (name: string, level: number): void => {
      const data = new Uint8Array(8 * 8 * 3).fill(level);
      mkdirSync(join(images, name), { recursive: true });
      for (let i = 0; i < 10; i++) {
        data[i] = 255 - level;
        const png = encode({ width: 8, height: 8, data, channels: 3 });
        writeFileSync(join(images, name, `${i}.png`), png);
      }
    };
    const own = plan
      .replace("data=digits-sample", "data=own&data.label=file")
      .replaceAll("net=", "net=flatten,")
      .replace("batch=40", "batch=4");
    await at(own, async (page) => {
      const chooser = page.getByLabel("A folder of images, one folder per class");
      draw("dark", 20);
      await chooser.setInputFiles(images);
      await page
        .getByRole("alert")
        .getByText(/at least two, got 1: dark/)
        .waitFor();
      draw("light", 230);
      await chooser.setInputFiles(images);
      await page.getByText(/16 images to train and 4 to test.*classes: dark, light/).waitFor();
      await train(page);
      const shares = await page.getByTestId("train-accuracy").allTextContents();
      expect(shares).toEqual(["100.0 %", "100.0 %"]);
    });
  });

  test("a worker that does not load is told of, with a way to start again", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.route("**/worker-*.js", (route) => route.abort());
    await page.goto(`${server.address}?${plan}`);
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page
      .getByRole("alert")
      .getByText(/worker must run, got a script/)
      .waitFor();
    await page.unroute("**/worker-*.js");
    await page.getByRole("button", { name: "Start again" }).click();
    await becomes(page, "over");
    expect(await page.getByTestId("fingerprint").first().textContent()).toMatch(/^\w{16}$/);
    await context.close();
  });

  test("what is on screen can be taken home", async () => {
    await at(plan, async (page) => {
      await train(page);
      await page.getByText("Take it home").click();
      await page.getByTestId("take-arm").selectOption("normalized");
      await page.getByTestId("code").getByText("batchNorm(32),").waitFor();
      const saved = page.waitForEvent("download");
      await page.getByRole("button", { name: "Network (ONNX)" }).click();
      expect((await saved).suggestedFilename()).toBe("normalized.onnx");
      const chart = page.waitForEvent("download");
      await page.getByRole("button", { name: /^Save “Test loss” as PNG/ }).click();
      expect((await chart).suggestedFilename()).toBe("test-loss.png");
    });
  });

  test("a plan taken home as a specification is carried out headlessly, and opened again", async () => {
    const spec = join(folder, "spec.json");
    const seen = await at(plan, async (page) => {
      await train(page);
      await page.getByText("Take it home").click();
      await page.getByTestId("take-form").selectOption("specification");
      const saved = page.waitForEvent("download");
      await page.getByRole("button", { name: "Save spec.json" }).click();
      await (await saved).saveAs(spec);
      await page.getByTestId("take-form").selectOption("command");
      await page.getByTestId("code").getByText("evenkeel compare spec.json").waitFor();
      return page.getByTestId("test-accuracy").allTextContents();
    });
    const out = join(folder, "compared");
    const args = ["compare", spec, "--backend", "wasm", "--threads", "1", "--out", out, "--json"];
    const { code, stdout, stderr } = await evenkeel(args);
    expect(code, stderr).toBe(0);
    const { runs } = JSON.parse(stdout) as {
      readonly runs: readonly {
        readonly measures: { readonly accuracy: { readonly value: number } };
      }[];
    };
    const shares = runs.map(({ measures }) => `${(100 * measures.accuracy.value).toFixed(1)} %`);
    expect(shares).toEqual(seen);
    await at("room=workbench", async (page) => {
      const file = page.getByLabel("Open a specification");
      await file.setInputFiles({
        name: "bad.json",
        mimeType: "application/json",
        buffer: Buffer.from('{"data":"mnist","arms":[]}'),
      });
      await page
        .getByRole("alert")
        .getByText(/^bad\.json: arms must be/)
        .waitFor();
      await file.setInputFiles(spec);
      await page.waitForURL(/name=normalized/);
      const query = new URL(page.url()).search.slice(1);
      expect(query).toBe(plan.replace("watch=layers", "watch=little"));
    });
  });

  test("the runs of this machine are listed, and followed while they train", async () => {
    await at("room=runs", async (page) => {
      await page.getByLabel("Compare plain, seed 1").check();
      await page.getByRole("cell", { name: "live" }).waitFor();
      const result =
        '{"type":"evaluation","step":2,"split":"test","result":{"loss":1,"accuracy":0.5}}';
      writeFileSync(
        join(folder, "runs", "run-1", "events.jsonl"),
        `{"type":"start","step":0,"steps":2}\n${result}\n{"type":"done","step":2}\n`,
      );
      await page.getByRole("cell", { name: "not ended" }).waitFor();
      expect(await page.getByRole("img", { name: "Test accuracy" }).locator("circle").count()).toBe(
        1,
      );
    });
  });

  test.each([
    ["", "light"],
    [short, "light"],
    [short, "dark"],
    ["room=runs", "dark"],
  ] as const)("axe finds nothing serious: %s in %s colours", async (query, scheme) => {
    const found = await at(
      query,
      async (page) => {
        await page.getByRole("heading", { level: 1 }).waitFor();
        if (query === short) await train(page);
        await page.evaluate(axe);
        return page.evaluate<{
          violations: { id: string; impact: string; nodes: { html: string }[] }[];
        }>("axe.run()");
      },
      scheme,
    );
    const serious = found.violations.filter(({ impact }) =>
      ["serious", "critical"].includes(impact),
    );
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});

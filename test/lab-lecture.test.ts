/** The lecture in Chromium, used as a reader does: predict, reveal, run, see the number. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LabServer } from "../src/cli/lab/lab-server.ts";
import { buildPage, chromiumMissing, chromiumPath, removePage, servePage } from "./lab-page.ts";

if (chromiumMissing) {
  console.warn(`lecture test skipped: no Chromium at ${chromiumPath} (or in CHROMIUM)`);
}

/** Chapters in order, and which answer a reader gives. */
const answers = {
  thinned: "most",
  averaging: "both",
  ridge: "flatter",
  transform: "none",
  statistics: "less",
  drift: "plain",
  rates: "dead",
  shift: "noisy",
  landscape: "plain",
  normalizers: "batch",
  depth: "one",
} as const;
type ChapterId = keyof typeof answers;
const chapterIds = Object.keys(answers) as ChapterId[];

describe.skipIf(chromiumMissing)("the lecture", () => {
  let folder = "";
  let lab: LabServer;
  let browser: Browser;
  let page: Page;
  let axe = "";
  const complaints: string[] = [];

  beforeAll(async () => {
    [folder, browser, axe] = await Promise.all([
      buildPage(),
      chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu"] }),
      readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"),
    ]);
    lab = await servePage(folder);
    page = await browser.newPage({ viewport: { width: 1200, height: 1400 } });
    page.setDefaultTimeout(50_000);
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
  });

  afterAll(async () => {
    await browser?.close();
    await lab?.close();
    if (folder !== "") removePage(folder);
  });

  async function open(chapter: ChapterId): Promise<void> {
    await page.goto(`${lab.address}?chapter=${chapter}`);
    await page.waitForSelector("form fieldset");
  }

  /** Chooses an answer, asks, and returns the words and numbers of what is revealed. */
  async function predict(chapter: ChapterId): Promise<{ verdict: string; answer: string }> {
    await page.locator(`form input[value="${answers[chapter]}"]`).check();
    await page.locator("form button").click();
    await page.waitForSelector("form .verdict");
    const verdict = await page.locator("form .verdict").innerText();
    const answer = await page.locator("form .answer").innerText();
    return { verdict, answer };
  }

  /** Everything in a text that is written as a number. */
  function numbersIn(text: string): number[] {
    return (text.match(/[−-]?\d[\d,]*(?:\.\d+)?/g) ?? []).map((word) =>
      Number(word.replace("−", "-").replaceAll(",", "")),
    );
  }

  async function seriousProblems(): Promise<string[]> {
    await page.evaluate(axe);
    const found = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
      `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)`,
    );
    return found
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  }

  const announced = (): Promise<string> => page.locator("p[role=status]").innerText();

  /** What every chapter must do, once it shows everything it has. */
  async function checkPage(): Promise<void> {
    expect(await seriousProblems()).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 390, height: 1400 });
    const overflow = await page.evaluate<number>(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
    expect(overflow).toBe(0);
    expect(await seriousProblems()).toEqual([]);
    await page.setViewportSize({ width: 1200, height: 1400 });
    await page.emulateMedia({ colorScheme: "light" });
    expect(complaints.splice(0)).toEqual([]);
  }

  test("the contents lead to every chapter, by keyboard too", async () => {
    await page.goto(lab.address);
    const links = page.locator("main ol a");
    expect(await links.count()).toBe(chapterIds.length);
    expect(await seriousProblems()).toEqual([]);
    await links.first().focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("form fieldset");
    expect(new URL(page.url()).searchParams.get("chapter")).toBe("thinned");
    await page.goto(`${lab.address}?chapter=nothing`);
    expect(await page.locator("[role=alert]").innerText()).toContain("nothing");
    expect(complaints.splice(0)).toEqual([]);
  });

  test("thinned networks: masks step by step, then all 8,192 of them tested", async () => {
    await open("thinned");
    const { verdict, answer } = await predict("thinned");
    expect(verdict).toBe("It comes out otherwise.");
    const [better, mean, whole, drawn, distinct] = numbersIn(answer);
    expect(better).toBeLessThan(33);
    expect(mean).toBeLessThan(whole!);
    expect([drawn, distinct! < drawn!]).toEqual([9600, true]);
    const slider = page.locator("input[type=range]");
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    const told = await page.locator("section .told").innerText();
    expect(told).toMatch(/^Step 2, its first example: \d+ of 13 units kept/);
    const dropped = await page.locator("circle.dropped").count();
    expect(numbersIn(told)[1]).toBe(13 - dropped);
    await checkPage();
  });

  test("averaging: the logits' mean is exact, the probabilities' is not", async () => {
    await open("averaging");
    const { verdict, answer } = await predict("averaging");
    expect(verdict).toBe("It comes out otherwise.");
    expect(answer).toMatch(/at most \S+ · 10⁻¹\S.*by up to 0\.\d/s);
    await page.waitForSelector("text=Finished");
    expect(await page.locator("section tbody tr").count()).toBe(7);
    await checkPage();
  });

  test("ridge: the formula is every mask counted, the printed lines are not", async () => {
    await open("ridge");
    const { verdict } = await predict("ridge");
    expect(verdict).toBe("You predicted it.");
    const rows = page.locator("section tbody tr");
    const value = async (row: number): Promise<number> =>
      numbersIn(await rows.nth(row).locator("td").first().innerText())[0]!;
    const [counted, formula, third, fourth] = [
      await value(0),
      await value(1),
      await value(2),
      await value(3),
    ];
    expect(formula).toBe(counted);
    expect(Math.abs(third - counted)).toBeGreaterThan(0.1);
    expect(Math.abs(fourth - counted)).toBeGreaterThan(1);
    await page.locator("circle[role=slider]").last().focus();
    await page.keyboard.press("ArrowDown");
    expect(await value(0)).not.toBe(counted);
    expect(await value(1)).toBe(await value(0));
    await page.locator("section input[type=range]").fill("1");
    expect(await value(2)).toBe(await value(0));
    expect(await value(3)).toBeGreaterThan(await value(0));
    await checkPage();
  });

  test("the transform: every number can be followed to its sources", async () => {
    await open("transform");
    await predict("transform");
    await page.getByRole("button", { name: /^μ, channel 1/ }).click();
    const told = page.locator(".told");
    expect(await told.innerText()).toContain("(1 + 2 + 4 + 5) / 4");
    expect(await page.locator("button.source").count()).toBe(4);
    await page.getByRole("button", { name: /^x of example 1, channel 1/ }).click();
    await told.locator("input").fill("5");
    await page.getByRole("button", { name: /^μ, channel 1: 4/ }).click();
    expect(await told.innerText()).toContain("(5 + 2 + 4 + 5) / 4");
    await checkPage();
  });

  test("statistics: batches of two train a network that fails its test", async () => {
    await open("statistics");
    const { answer } = await predict("statistics");
    expect(numbersIn(answer)[3]).toBeCloseTo(75, -0.5);
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.waitForSelector("text=Finished");
    expect(await page.locator("section[aria-label=Experiment] tbody tr").count()).toBe(3);
    await checkPage();
  });

  test("drift: it can be stopped and started again, and percentiles travel", async () => {
    await open("drift");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    expect(await announced()).toContain("Training started");
    await page.getByRole("button", { name: "Stop" }).click();
    expect(await announced()).toContain("Training stopped");
    const { verdict, answer } = await predict("drift");
    expect(verdict).toBe("You predicted it.");
    const [, without, withIt] = numbersIn(answer);
    expect(without).toBeGreaterThan(withIt!);
    await checkPage();
  });

  test("rates: at thirty times the rate one network dies, the other learns", async () => {
    await open("rates");
    const { verdict, answer } = await predict("rates");
    expect(verdict).toBe("You predicted it.");
    expect(numbersIn(answer).find((number) => number > 60)).toBeLessThanOrEqual(100);
    expect(await page.locator("section tbody").innerText()).toMatch(
      /× 30 = 3\s+dead: loss \S+ at step \d+\s+\d+ %/,
    );
    await checkPage();
  });

  test("shift: noise brings drift back and training stays fast", async () => {
    await open("shift");
    const { verdict, answer } = await predict("shift");
    expect(verdict).toBe("You predicted it.");
    const [, plain, noisy, , plainDrift, noisyDrift] = numbersIn(answer);
    expect(noisy).toBeLessThan(plain!);
    expect(noisyDrift).toBeGreaterThan(plainDrift!);
    await checkPage();
  });

  test("landscape: the loss spans more along the gradient without normalization", async () => {
    await open("landscape");
    const { verdict, answer } = await predict("landscape");
    expect(verdict).toBe("You predicted it.");
    const [without, withIt] = numbersIn(answer);
    expect(without).toBeGreaterThan(withIt!);
    await checkPage();
  });

  test("normalizers: one hue for each mean and variance", async () => {
    await open("normalizers");
    await predict("normalizers");
    const groups = async (name: string): Promise<number> => {
      await page.getByRole("radio", { name, exact: true }).click();
      return new Set(await page.locator(".letter").allInnerTexts()).size;
    };
    expect(await groups("Batch")).toBe(4);
    expect(await groups("Layer")).toBe(3);
    expect(await groups("Instance")).toBe(12);
    expect(await groups("Group")).toBe(6);
    expect(await page.locator("text=paper: otherwise").count()).toBe(0);
    await checkPage();
  });

  test("depth: SELU keeps the variance, ordinary dropout takes it away", async () => {
    await open("depth");
    const { verdict, answer } = await predict("depth");
    expect(verdict).toBe("You predicted it.");
    expect(Math.abs(numbersIn(answer)[1]! - 1)).toBeLessThan(0.3);
    await page.locator("section select").selectOption("dropout");
    await page.getByRole("button", { name: "Pass through again" }).click();
    await page.locator("section [data-state=running]").waitFor();
    await page.locator("section [data-state=done]").waitFor();
    const note = await page.locator("section li .note").first().innerText();
    expect(numbersIn(note)[0]).toBeGreaterThan(1.3);
    await checkPage();
  });

  test("a worker that does not come is told of, and a new start mends it", async () => {
    await open("rates");
    await page.route("**/lecture-worker*", (route) => route.fulfill({ status: 404 }));
    await page.getByRole("button", { name: "Train", exact: true }).click();
    expect(await page.locator("section [role=alert]").innerText()).toContain("start again");
    expect(await announced()).toContain("Training failed");
    await page.unroute("**/lecture-worker*");
    complaints.length = 0;
    await page.getByRole("button", { name: "Train again" }).click();
    await page.waitForSelector("text=Finished");
    expect(complaints.splice(0)).toEqual([]);
  });
});

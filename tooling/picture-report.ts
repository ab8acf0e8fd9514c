/**
 * Takes the README's picture: the first two figures of a study's report, as Chromium shows them.
 *
 *   node tooling/picture-report.ts runs/<id>/report.html docs/images/batchnorm-mnist.png
 */
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [report, picture] = process.argv.slice(2);
if (report === undefined || picture === undefined) {
  throw new Error("picture-report: needs a report and a picture's name");
}
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
});
const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
await page.goto(pathToFileURL(report).href);
const figures = page.locator("figure");
const first = await figures.nth(0).boundingBox();
const second = await figures.nth(1).boundingBox();
if (first === null || second === null) throw new Error("picture-report: needs two figures");
const { x, y, width } = first;
const clip = { x, y, width, height: second.y + second.height - y };
await page.screenshot({ path: picture, clip, fullPage: true });
await browser.close();

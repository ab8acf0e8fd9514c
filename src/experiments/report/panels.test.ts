import { decode } from "fast-png";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { meanInterval } from "../statistics.ts";
import { axisDomain } from "./axis-scale.ts";
import { dotPanel } from "./dot-panel.ts";
import { histogramPanel } from "./histogram-panel.ts";
import { imageGridPanel } from "./image-grid-panel.ts";
import { linePanel, seedSeries } from "./line-panel.ts";
import { logTicks, shortNumber } from "./plot-frame.ts";
import { ridgePanel, tallestRidge } from "./ridge-panel.ts";
import { scatterPanel } from "./scatter-panel.ts";

const { document } = parseHTML("<!doctype html><html><body></body></html>");
const size = { width: 440, height: 310, document };
const x = { label: "x" };
const y = { label: "y" };

function drawn(svg: string): Document {
  return parseHTML(`<html><body>${svg}</body></html>`).document;
}

/** Corners of each drawn line; a gap starts a new one. */
function lines(svg: string): number[][][] {
  const paths = [...drawn(svg).querySelectorAll('[aria-label="line"] path')];
  return paths.map((path) =>
    [...path.getAttribute("d")!.matchAll(/[ML]([-\d.]+),([-\d.]+)/g)].map((match) => [
      Number(match[1]),
      Number(match[2]),
    ]),
  );
}

describe("axes", () => {
  test("a domain made from data holds it, is never empty, and stays at or above zero", () => {
    expect(axisDomain(x, [0, 10])).toEqual([0, 10.5]);
    expect(axisDomain(x, [-1, 1, null, NaN, Infinity])).toEqual([-1.1, 1.1]);
    const [low, high] = axisDomain(x, [3]);
    expect(low < 3 && high > 3).toBe(true);
    expect(axisDomain(x, [])).toEqual([0, 1]);
    expect(axisDomain({ ...x, domain: [4, 5] }, [0, 10])).toEqual([4, 5]);
  });

  test("a logarithmic one leaves out what it cannot show", () => {
    const [low, high] = axisDomain({ ...x, scale: "log" }, [0, -3, 1, 100]);
    expect(low).toBeGreaterThan(0.5);
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(100);
  });

  test("logarithmic ticks are powers of ten, or 1, 2 and 5 over a short range", () => {
    expect(logTicks([1e-6, 1e6], 5)).toEqual([1e-6, 1e-3, 1, 1e3, 1e6]);
    expect(logTicks([2, 40], 5)).toEqual([2, 5, 10, 20]);
  });

  test("numbers are short", () => {
    expect([0, 0.001, -2.5, 20_000, 1e6, -2.5e-7].map(shortNumber)).toEqual([
      "0",
      "0.001",
      "−2.5",
      "20000",
      "10⁶",
      "−2.5·10⁻⁷",
    ]);
  });
});

describe("linePanel", () => {
  const points = [1, 10, 100, 1000].map((value) => ({ x: value, y: value }));

  test("on two logarithmic axes a power law is a straight line", () => {
    const log = { label: "", scale: "log" } as const;
    const svg = linePanel({ ...size, x: log, y: log, series: [{ name: "a", arm: 0, points }] });
    const [corners = []] = lines(svg);
    const slopes = corners.slice(1).map((end, i) => {
      const start = corners[i]!;
      return (end[1]! - start[1]!) / (end[0]! - start[0]!);
    });
    expect(slopes).toHaveLength(3);
    for (const slope of slopes) expect(slope).toBeCloseTo(slopes[0]!, 2);
  });

  test("what cannot be shown leaves a gap", () => {
    const gap = [...points.slice(0, 2), { x: 50, y: -1 }, ...points.slice(2)];
    const svg = linePanel({
      ...size,
      x,
      y: { label: "", scale: "log" },
      series: [{ name: "a", arm: 1, points: gap }],
    });
    const path = drawn(svg).querySelector('[aria-label="line"] path')!.getAttribute("d")!;
    expect(path.match(/M/g)).toHaveLength(2);
    expect(svg).not.toContain("NaN");
  });

  test("names stand at the ends of lines, rules have their text", () => {
    const page = drawn(
      linePanel({
        ...size,
        x,
        y,
        series: [{ name: "with <b>", arm: 0, points }],
        rules: [{ value: 500, text: "chance" }],
      }),
    );
    expect(page.body.textContent).toContain("with <b>");
    expect(page.body.textContent).toContain("chance");
  });

  test("a series over seeds has their mean, its interval or their range, and each of them", () => {
    const seeds = [1, 3].map((value, seed) => ({ seed, points: [{ x: 5, y: value }] }));
    const { mean, low, high } = meanInterval([1, 3]);
    const series = seedSeries({ name: "a", arm: 0, seeds });
    expect(series.points).toEqual([{ x: 5, y: mean, low, high }]);
    expect(series.thin).toHaveLength(2);
    expect(seedSeries({ name: "a", arm: 0, seeds }, "range").points).toEqual([
      { x: 5, y: 2, low: 1, high: 3 },
    ]);
  });
});

test("a dot panel has a row per arm, and says where there is no value", () => {
  const { body } = drawn(
    dotPanel({
      width: 400,
      document,
      x,
      rows: [
        { name: "a", arm: 0, mean: 2, low: 1, high: 3, values: [1.5, 2, 2.5] },
        { name: "b", arm: 1, mean: null, low: null, high: null, note: "3 diverged" },
      ],
    }),
  );
  expect(body.textContent).toContain("3 diverged, no value");
  // Three seeds and their mean.
  expect(body.querySelectorAll('[aria-label="dot"] circle')).toHaveLength(4);
});

describe("histograms", () => {
  const one = { name: "a", arm: 0, edges: [0, 1, 3], counts: [2, 4] };

  test("are drawn to scale, as counts or as densities", () => {
    const [counts = []] = lines(histogramPanel({ ...size, x, y, series: [one] }));
    const [densities = []] = lines(
      histogramPanel({ ...size, x, y, heights: "density", series: [one] }),
    );
    const rise = (corners: readonly number[][], at: number): number =>
      corners[0]![1]! - corners[at]![1]!;
    expect(rise(counts, 3) / rise(counts, 1)).toBeCloseTo(2, 2);
    expect(rise(densities, 3) / rise(densities, 1)).toBeCloseTo(1, 2);
  });

  test("whose edges do not fit are refused", () => {
    const wrong = { ...one, counts: [1] };
    expect(() => histogramPanel({ ...size, x, y, series: [wrong] })).toThrow("got 3 and 1");
  });

  test("stand on one axis as ridges, the densest as tall as asked", () => {
    const ridges = [one, { ...one, counts: [6, 0] }];
    expect(tallestRidge(ridges)).toBe(1);
    const shared = { ...x, domain: [0, 3] as const };
    const svg = ridgePanel({ ...size, arm: 0, ridges, x: shared, overlap: 1 });
    const [far = [], near = []] = lines(svg);
    const rise = (corners: readonly number[][]): number =>
      Math.max(...corners.map(([, top]) => corners[0]![1]! - top!));
    // The rows are one unit apart and the tallest is one unit tall.
    expect(rise(far)).toBeCloseTo(near[0]![1]! - far[0]![1]!, 2);
    expect(rise(near)).toBeCloseTo(rise(far) / 3, 2);
  });
});

test("a scatter panel has a dot per point it can show", () => {
  const points = [
    { x: 1, y: 1 },
    { x: 2, y: NaN },
    { x: 3, y: 4 },
  ];
  const svg = scatterPanel({
    ...size,
    x,
    y,
    diagonal: true,
    series: [{ name: "a", arm: 0, points }],
  });
  expect(drawn(svg).querySelectorAll('[aria-label="dot"] circle')).toHaveLength(2);
});

test("with nothing to show, every panel is empty axes, and no number is NaN", () => {
  const shared = { ...x, domain: [0, 1] as const };
  const none = { name: "a", arm: 0, points: [] };
  const empty = { name: "a", arm: 0, edges: [0, 1], counts: [0] };
  const nothing = { name: "a", arm: 0, mean: null, low: null, high: null };
  const panels = [
    linePanel({ ...size, x, y, series: [] }),
    linePanel({ ...size, x: { ...x, scale: "log" }, y: { ...y, scale: "log" }, series: [none] }),
    dotPanel({ width: 300, document, x, rows: [nothing] }),
    histogramPanel({ ...size, x, y, series: [] }),
    histogramPanel({ ...size, x, y: { ...y, scale: "log" }, series: [empty] }),
    ridgePanel({ ...size, arm: 0, x: shared, ridges: [] }),
    ridgePanel({ ...size, arm: 0, x: shared, ridges: [empty] }),
    scatterPanel({ ...size, x, y, series: [none], diagonal: true }),
    imageGridPanel({ images: [], width: 2, height: 2, columns: 3 }),
  ];
  for (const svg of panels) {
    expect(svg).toMatch(/^<svg/);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  }
});

describe("imageGridPanel", () => {
  const bytesOf = (svg: string, at: number): number[] => {
    const source = [...svg.matchAll(/base64,([^"]+)"/g)][at]![1]!;
    return [...decode(Uint8Array.from(atob(source), (letter) => letter.charCodeAt(0))).data];
  };
  const images = [
    { pixels: [0, 1, 2, 4], name: "1 < 2" },
    { pixels: [-1, 0, 1, 2], name: "b" },
  ];
  const grid = { images, width: 2, height: 2, columns: 2 };

  test("stretches each picture, all of them, or about zero", () => {
    expect(bytesOf(imageGridPanel(grid), 0)).toEqual([0, 64, 128, 255]);
    expect(bytesOf(imageGridPanel({ ...grid, range: [0, 4] }), 1)).toEqual([0, 0, 64, 128]);
    expect(bytesOf(imageGridPanel({ ...grid, range: "zero" }), 1)).toEqual([64, 128, 191, 255]);
  });

  test("names its pictures, and refuses one of another size", () => {
    expect(drawn(imageGridPanel(grid)).body.textContent).toBe("1 < 2b");
    expect(() => imageGridPanel({ ...grid, channels: 3 })).toThrow("2 × 2 × 3, got 4 (picture 0)");
  });
});

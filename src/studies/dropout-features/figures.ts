/** The paper's figures 7 and 8: features as pictures, and histograms of activations. */
import {
  histogramPanel,
  imageGridPanel,
  type Figure,
  type HistogramSeries,
  type RunResult,
  type StudyResult,
} from "../../experiments/index.ts";
import { lastNumbers } from "../dropout-parts/probe-numbers.ts";
import { count, fixed } from "../number-text.ts";
import { COUNTED, EDGES, SHOWN } from "./look-at-features.ts";
import { ACTIVATIONS, FEATURES } from "./measures.ts";
import { HIDDEN, PIXELS } from "./model.ts";

interface Shown {
  readonly run: RunResult;
  readonly arm: number;
  readonly short: string;
  readonly label: string;
}

export function featureFigures(result: StudyResult, document: Document): readonly Figure[] {
  const [seed] = result.seeds;
  const shown = result.protocol.arms.flatMap(({ id, short, label }, arm): Shown[] => {
    const run = result.runs.find((one) => one.arm === id && one.seed === seed);
    return run === undefined ? [] : [{ run, arm, short, label }];
  });
  return [featuresFigure(shown, seed), activationFigure(shown, seed, document)];
}

const SIDE = 28;

function featuresFigure(shown: readonly Shown[], seed: number | undefined): Figure {
  const extent = ({ run }: Shown): string => fixed(run.measures["extent"]?.value, 0);
  return {
    id: "features",
    title: "What hidden units look for",
    key: "none",
    caption: `The weights into the first ${SHOWN} of ${HIDDEN} hidden units as pictures of 28 × 28 pixels, seed ${seed}: middle grey is 0, white and black are a unit’s own largest size. The first units, not chosen ones. The paper’s figure 7.`,
    alternative: shown
      .map((one) => `${one.label}: the median feature amounts to ${extent(one)} pixels.`)
      .join(" "),
    panels: shown.map(({ run, label }) => {
      const pixels = lastNumbers(run, FEATURES, "pixels");
      const images = Array.from({ length: Math.floor(pixels.length / PIXELS) }, (_, at) => ({
        pixels: pixels.slice(at * PIXELS, (at + 1) * PIXELS),
      }));
      return {
        title: label,
        svg: imageGridPanel({
          images,
          width: SIDE,
          height: SIDE,
          columns: 8,
          range: [-127, 127],
          shownWidth: 48,
        }),
      };
    }),
    numbers: {
      columns: ["arm", "median extent of a feature, pixels"],
      rows: shown.map((one) => [one.label, extent(one)]),
    },
  };
}

function activationFigure(
  shown: readonly Shown[],
  seed: number | undefined,
  document: Document,
): Figure {
  const histograms = (name: string): HistogramSeries[] =>
    shown.map(({ run, arm, short }) => ({
      name: short,
      arm,
      edges: EDGES,
      counts: lastNumbers(run, ACTIVATIONS, name),
    }));
  const panel = (
    title: string,
    name: string,
    y: string,
    log: boolean,
  ): Figure["panels"][number] => ({
    title,
    svg: histogramPanel({
      series: histograms(name).filter(({ counts }) => counts.length > 0),
      x: { label: "activation, without the factor p", ticks: 6 },
      y: { label: y, ...(log && { scale: "log" as const }), tickText: count },
      width: 440,
      height: 290,
      document,
    }),
  });
  const [units, single] = [histograms("units"), histograms("activations")];
  return {
    id: "activations",
    title: "How active hidden units are",
    caption: `Left: mean activation of each of the ${HIDDEN} hidden units over all test digits. Right: all activations over the first ${count(COUNTED)} test digits, on a logarithmic axis. Seed ${seed}; no unit dropped, without the factor p of the test-time network; what is larger than ${EDGES.at(-1)} counts in the last bin. The paper’s figure 8.`,
    alternative: shown.map(describe).join(" "),
    panels: [
      panel("Mean activation per unit", "units", "units", false),
      panel("All activations", "activations", "activations", true),
    ],
    numbers: {
      columns: [
        "from",
        ...shown.map(({ short }) => `units, ${short}`),
        ...shown.map(({ short }) => `activations, ${short}`),
      ],
      rows: EDGES.slice(0, -1).map((from, bin) => [
        from,
        ...[...units, ...single].map(({ counts }) => count(counts[bin] ?? 0)),
      ]),
    },
  };
}

function describe({ run, label }: Shown): string {
  const value = (measure: string, digits: number): string =>
    fixed(run.measures[measure]?.value, digits);
  const zero = fixed((run.measures["zero-share"]?.value ?? NaN) * 100, 1);
  return `${label}: mean activation ${value("mean-activation", 2)} without and ${value("mean-activation-scaled", 2)} with the test-time factor, ${zero} % of activations are zero.`;
}

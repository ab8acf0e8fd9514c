/** Where one number of the transform comes from: its formula, the same with numbers, and its sources. */
import { plain, signed } from "./plain-number.ts";
import type { Matrix, TransformTrace } from "./batch-norm-trace.ts";

type MatrixStage =
  | "input"
  | "normalized"
  | "output"
  | "outputGradient"
  | "normalizedGradient"
  | "inputGradient";
type ChannelStage =
  | "mean"
  | "variance"
  | "scale"
  | "shift"
  | "scaleGradient"
  | "shiftGradient"
  | "varianceGradient"
  | "meanGradient";

/** A number on the page; `row` is null for the numbers that a channel has once. */
export interface Cell {
  readonly stage: MatrixStage | ChannelStage;
  readonly row: number | null;
  readonly channel: number;
}

export interface Explanation {
  readonly value: number;
  /** What the number is, in words. */
  readonly words: string;
  /** TeX; null for a number that is given. */
  readonly formula: string | null;
  /** The formula with this cell's numbers; empty for a number that is given. */
  readonly arithmetic: string;
  /** The cells it was computed from. */
  readonly sources: readonly Cell[];
}

interface Maker {
  readonly words: string;
  readonly formula: string | null;
  arithmetic(trace: TransformTrace, cell: Cell): string;
  /** Stages it reads: of the same row, or of the whole column, or of the channel. */
  readonly reads: readonly {
    readonly stage: Cell["stage"];
    readonly of: "row" | "column" | "channel";
  }[];
}

/** The number a cell shows. */
export function valueOf(trace: TransformTrace, { stage, row, channel }: Cell): number {
  const values = trace[stage];
  return row === null
    ? (values as readonly number[])[channel]!
    : (values as Matrix)[row]![channel]!;
}

export function explainCell(trace: TransformTrace, cell: Cell): Explanation {
  const { words, formula, arithmetic, reads } = MAKERS[cell.stage];
  const rows = trace.input.map((_, row) => row);
  const sources = reads.flatMap(({ stage, of }): Cell[] => {
    if (of === "channel") return [{ stage, row: null, channel: cell.channel }];
    const which = of === "row" ? [cell.row!] : rows;
    return which.map((row) => ({ stage, row, channel: cell.channel }));
  });
  const value = valueOf(trace, cell);
  return { value, words, formula, arithmetic: arithmetic(trace, cell), sources };
}

const given = (words: string): Maker => ({ words, formula: null, arithmetic: () => "", reads: [] });

function columnOf(matrix: Matrix, channel: number): readonly number[] {
  return matrix.map((row) => row[channel]!);
}

const added = (values: readonly string[]): string => values.join(" + ");

/** √(σ² + ε) with its numbers. */
function root({ variance, eps }: TransformTrace, channel: number): string {
  return `√(${plain(variance[channel]!)} + ${plain(eps)})`;
}

const MAKERS: Readonly<Record<Cell["stage"], Maker>> = {
  input: given("One value of the mini-batch: what one example sends into one channel."),
  scale: given("The learned scale γ of the channel."),
  shift: given("The learned shift β of the channel."),
  outputGradient: given("How the loss changes with this output: handed down by the layer above."),
  mean: {
    words: "The mean of the channel over the mini-batch.",
    formula: String.raw`\mu = \frac1m \sum_i x_i`,
    arithmetic: ({ input }, { channel }) =>
      `(${added(columnOf(input, channel).map(signed))}) / ${input.length}`,
    reads: [{ stage: "input", of: "column" }],
  },
  variance: {
    words: "The biased variance: the mean squared distance from μ, divided by m and not by m − 1.",
    formula: String.raw`\sigma^2 = \frac1m \sum_i (x_i-\mu)^2`,
    arithmetic: ({ input, mean }, { channel }) =>
      `(${added(columnOf(input, channel).map((x) => `(${plain(x)} − ${signed(mean[channel]!)})²`))}) / ${input.length}`,
    reads: [
      { stage: "input", of: "column" },
      { stage: "mean", of: "channel" },
    ],
  },
  normalized: {
    words: "The value in standard deviations from the mean.",
    formula: String.raw`\hat x_i = \frac{x_i-\mu}{\sqrt{\sigma^2+\varepsilon}}`,
    arithmetic: (trace, { row, channel }) =>
      `(${plain(trace.input[row!]![channel]!)} − ${signed(trace.mean[channel]!)}) / ${root(trace, channel)}`,
    reads: [
      { stage: "input", of: "row" },
      { stage: "mean", of: "channel" },
      { stage: "variance", of: "channel" },
    ],
  },
  output: {
    words: "Scaled and shifted by what the channel has learned.",
    formula: String.raw`y_i = \gamma\,\hat x_i + \beta`,
    arithmetic: ({ scale, shift, normalized }, { row, channel }) =>
      `${plain(scale[channel]!)} · ${signed(normalized[row!]![channel]!)} + ${signed(shift[channel]!)}`,
    reads: [
      { stage: "normalized", of: "row" },
      { stage: "scale", of: "channel" },
      { stage: "shift", of: "channel" },
    ],
  },
  shiftGradient: {
    words: "The shift moves every output of the channel alike, so their gradients add up.",
    formula: String.raw`\frac{\partial\ell}{\partial\beta} = \sum_i \frac{\partial\ell}{\partial y_i}`,
    arithmetic: ({ outputGradient }, { channel }) =>
      added(columnOf(outputGradient, channel).map(signed)),
    reads: [{ stage: "outputGradient", of: "column" }],
  },
  scaleGradient: {
    words: "The scale moves each output by its normalized value.",
    formula: String.raw`\frac{\partial\ell}{\partial\gamma} = \sum_i \frac{\partial\ell}{\partial y_i}\,\hat x_i`,
    arithmetic: ({ outputGradient, normalized }, { channel }) =>
      added(
        outputGradient.map(
          (row, i) => `${signed(row[channel]!)} · ${signed(normalized[i]![channel]!)}`,
        ),
      ),
    reads: [
      { stage: "outputGradient", of: "column" },
      { stage: "normalized", of: "column" },
    ],
  },
  normalizedGradient: {
    words: "Back through the scale.",
    formula: String.raw`\frac{\partial\ell}{\partial\hat x_i} = \frac{\partial\ell}{\partial y_i}\,\gamma`,
    arithmetic: ({ outputGradient, scale }, { row, channel }) =>
      `${plain(outputGradient[row!]![channel]!)} · ${signed(scale[channel]!)}`,
    reads: [
      { stage: "outputGradient", of: "row" },
      { stage: "scale", of: "channel" },
    ],
  },
  varianceGradient: {
    words: "Every example of the batch used the variance, so every one sends something back.",
    formula: String.raw`\frac{\partial\ell}{\partial\sigma^2} = \sum_i \frac{\partial\ell}{\partial\hat x_i}\,(x_i-\mu)\cdot\left(-\tfrac12\right)(\sigma^2+\varepsilon)^{-3/2}`,
    arithmetic: ({ normalizedGradient, input, mean, variance, eps }, { channel }) =>
      `(${added(
        normalizedGradient.map(
          (row, i) =>
            `${signed(row[channel]!)} · (${plain(input[i]![channel]!)} − ${signed(mean[channel]!)})`,
        ),
      )}) · (−0.5) · (${plain(variance[channel]!)} + ${plain(eps)})^(−3/2)`,
    reads: [
      { stage: "normalizedGradient", of: "column" },
      { stage: "input", of: "column" },
      { stage: "mean", of: "channel" },
      { stage: "variance", of: "channel" },
    ],
  },
  meanGradient: {
    words:
      "So did the mean. (The paper’s second term, through σ², is zero: deviations sum to zero.)",
    formula: String.raw`\frac{\partial\ell}{\partial\mu} = \frac{-1}{\sqrt{\sigma^2+\varepsilon}}\sum_i\frac{\partial\ell}{\partial\hat x_i}`,
    arithmetic: (trace, { channel }) =>
      `−(${added(columnOf(trace.normalizedGradient, channel).map(signed))}) / ${root(trace, channel)}`,
    reads: [
      { stage: "normalizedGradient", of: "column" },
      { stage: "variance", of: "channel" },
    ],
  },
  inputGradient: {
    words:
      "Three ways back to one input: directly, through the variance, and through the mean. This is why one example’s gradient depends on the whole batch.",
    formula: String.raw`\frac{\partial\ell}{\partial x_i} = \frac{\partial\ell}{\partial\hat x_i}\frac1{\sqrt{\sigma^2+\varepsilon}} + \frac{\partial\ell}{\partial\sigma^2}\frac{2(x_i-\mu)}m + \frac{\partial\ell}{\partial\mu}\frac1m`,
    arithmetic: (trace, { row, channel }) =>
      [
        `${plain(trace.normalizedGradient[row!]![channel]!)} / ${root(trace, channel)}`,
        `${signed(trace.varianceGradient[channel]!)} · 2 · (${plain(trace.input[row!]![channel]!)} − ${signed(trace.mean[channel]!)}) / ${trace.input.length}`,
        `${signed(trace.meanGradient[channel]!)} / ${trace.input.length}`,
      ].join(" + "),
    reads: [
      { stage: "normalizedGradient", of: "row" },
      { stage: "input", of: "row" },
      { stage: "mean", of: "channel" },
      { stage: "variance", of: "channel" },
      { stage: "varianceGradient", of: "channel" },
      { stage: "meanGradient", of: "channel" },
    ],
  },
};

/** Training at four rates, and the range of rates at which each net learns. */
import {
  linePanel,
  meanInterval,
  pairedSeeds,
  type Figure,
  type LineSeries,
  type StudyResult,
} from "../../experiments/index.ts";
import { accuracyFigure } from "../accuracy-figure.ts";
import { percent, percentExact, percentInterval } from "../number-text.ts";
import { armId, factorNames, netTitle, rateOf, type RateSetting } from "./arms.ts";
import { USABLE_ACCURACY } from "./measures.ts";
import { activations, normalizations, type Activation } from "./model.ts";

const PANEL = { width: 440, height: 300 };

export function rateFigures(result: StudyResult, document: Document): readonly Figure[] {
  return [rangeFigure(result, document), curvesFigure(result, document)];
}

function rangeFigure(result: StudyResult, document: Document): Figure {
  const ranges = activations.flatMap((activation) =>
    normalizations.map((normalization) => usableRange(result, { activation, normalization })),
  );
  const panels = activations.map((activation) => ({
    title: activation === "relu" ? "ReLU nets" : "Sigmoid nets",
    series: rangeLines(result, activation),
    ticks: factorNames.map((factor) => rateOf({ activation, factor })),
  }));
  return {
    id: "usable-rates",
    title: "How large may the learning rate be?",
    caption:
      `Test accuracy after the last step against the learning rate, ${pairedSeeds(result.seeds.length)} with the mean’s 95 % t-interval as a band; ` +
      `a run that diverged counts as guessing. The rates are 1/5, 1, 5 and 30 times the one that is best without normalization.`,
    alternative: ranges.join(" "),
    panels: panels.map(({ title, series, ticks }) => ({
      title,
      svg: linePanel({
        series,
        x: { label: "learning rate", scale: "log", ticks, tickText: String },
        y: { label: "test accuracy", domain: [0, 1], ticks: 5, tickText: percent },
        rules: [{ value: 0.1, text: "guessing" }],
        document,
        ...PANEL,
      }),
    })),
    numbers: {
      columns: ["net", "learning rate", "mean accuracy", "95 % interval"],
      rows: panels.flatMap(({ title, series }) =>
        series.flatMap(({ name, points }) =>
          points.map(({ x, y, low, high }) => [
            `${title}, ${name}`,
            x,
            percentExact(y),
            percentInterval(low, high),
          ]),
        ),
      ),
    },
  };
}

/** Accuracy at each rate, without and with normalization, each in the style of its arm at ×1. */
function rangeLines(result: StudyResult, activation: Activation): LineSeries[] {
  return normalizations.map((normalization) => {
    const points = factorNames.flatMap((factor) => {
      const setting = { activation, normalization, factor };
      const summary = result.measures["final-accuracy"]?.arms[armId(setting)];
      const { mean = null, low = null, high = null } = summary?.interval ?? {};
      return mean === null ? [] : [{ x: rateOf(setting), y: mean, low, high }];
    });
    const id = armId({ activation, normalization, factor: "x1" });
    const arm = result.protocol.arms.findIndex((known) => known.id === id);
    return { name: normalization === "bn" ? "with BN" : "without", arm, points, dots: true };
  });
}

function curvesFigure(result: StudyResult, document: Document): Figure {
  const groups = activations.flatMap((activation) =>
    normalizations.map((normalization) => ({
      title: netTitle(activation, normalization),
      arms: factorNames.map((factor) => armId({ activation, normalization, factor })),
    })),
  );
  return accuracyFigure({
    id: "accuracy",
    title: "Test accuracy over training at four learning rates",
    caption:
      "Each net at 1/5, 1, 5 and 30 times the rate that is best for it without normalization, all on one scale.",
    groups,
    yDomain: [0, 1],
    result,
    document,
  });
}

/** Between which of the rates tried a net ends above 90 % on average. */
export function usableRange(
  result: Pick<StudyResult, "measures">,
  net: Omit<RateSetting, "factor">,
): string {
  const usable = factorNames.flatMap((factor) => {
    const setting = { ...net, factor };
    const summary = result.measures["final-accuracy"]?.arms[armId(setting)];
    const values = Object.values(summary?.perSeed ?? {}).flatMap((value) => value ?? []);
    const { mean } = meanInterval(values);
    return mean !== null && mean >= USABLE_ACCURACY ? [rateOf(setting)] : [];
  });
  const name = netTitle(net.activation, net.normalization);
  const mark = percent(USABLE_ACCURACY);
  const [low] = usable;
  const high = usable.at(-1);
  if (low === undefined || high === undefined) return `${name}: no rate tried ends above ${mark}.`;
  const which = low === high ? `at ${low} only` : `at ${usable.join(", ")}`;
  return `${name}: ends above ${mark} ${which}, of the rates tried.`;
}

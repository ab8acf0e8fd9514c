/** Training at four rates, and the range of rates at which each net learns. */
import { meanInterval, type Figure, type StudyResult } from "../../experiments/index.ts";
import { accuracyFigure } from "../accuracy-figure.ts";
import { percent } from "../number-text.ts";
import { armId, factorNames, netTitle, rateOf, type RateSetting } from "./arms.ts";
import { USABLE_ACCURACY } from "./measures.ts";
import { activations, normalizations } from "./model.ts";

export function rateFigures(result: StudyResult, document: Document): readonly Figure[] {
  return [curvesFigure(result, document)];
}

function curvesFigure(result: StudyResult, document: Document): Figure {
  const groups = activations.flatMap((activation) =>
    normalizations.map((normalization) => ({
      title: netTitle(activation, normalization),
      arms: factorNames.map((factor) => armId({ activation, normalization, factor })),
    })),
  );
  const ranges = activations.flatMap((activation) =>
    normalizations.map((normalization) => usableRange(result, { activation, normalization })),
  );
  const figure = accuracyFigure({
    id: "accuracy",
    title: "Test accuracy over training at four learning rates",
    caption: `Each net at 1/5, 1, 5 and 30 times the rate that is best for it without normalization, all on one scale. ${ranges.join(" ")}`,
    groups,
    yDomain: [0, 1],
    result,
    document,
  });
  return { ...figure, alternative: `${figure.alternative} ${ranges.join(" ")}` };
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

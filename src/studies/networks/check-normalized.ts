import type { InterventionCheck, RunResult } from "../../experiments/index.ts";
import { percent as whole } from "../number-text.ts";

/** Largest error that still counts as normalized, smallest that counts as not. */
const NORMALIZED_BELOW = 0.02;
const LOOSE_ABOVE = 0.1;

export interface NormalizedArms {
  /** Name of the `normalizationError` probe that every arm has. */
  readonly probe: string;
  /** Ids of arms whose activations must have mean = shift and variance = scale². */
  readonly normalized: readonly string[];
  /** Ids of arms whose activations must have mean = shift, their spread being another's; default none. */
  readonly centred?: readonly string[];
  /** Ids of arms whose middle unit must not be near mean 0 and variance 1. */
  readonly loose: readonly string[];
}

/** Did normalization happen where it should, and nowhere else, at every observation? */
export function checkNormalized(
  runs: readonly RunResult[],
  { probe, normalized, centred = [], loose }: NormalizedArms,
): InterventionCheck {
  const extreme = (
    arms: readonly string[],
    names: readonly string[],
    pick: typeof Math.max,
  ): number => {
    const seen = runs
      .filter(({ arm }) => arms.includes(arm))
      .flatMap(({ probes }) => {
        const { steps = [], values = {} } = probes[probe] ?? {};
        return steps.map((_, i) =>
          Math.max(...names.map((name) => Number(values[name]?.[i] ?? NaN))),
        );
      });
    return seen.length === 0 ? NaN : pick(...seen);
  };
  const off = extreme(normalized, ["locationMax", "spreadMax"], Math.max);
  const shifted = centred.length === 0 ? 0 : extreme(centred, ["locationMax"], Math.max);
  const worst = Math.max(off, shifted);
  const nearest = extreme(loose, ["location", "spread"], Math.min);
  return {
    passed: worst <= NORMALIZED_BELOW && nearest >= LOOSE_ABOVE,
    because:
      `where there is batch normalization, no unit’s mean or variance was ever further than ${percent(worst)} from what scale and shift say ` +
      (centred.length === 0 ? "" : "(of the other normalizations only the mean) ") +
      `(allowed: ${whole(NORMALIZED_BELOW)}); where there is none, the middle unit was always at least ${percent(nearest)} away from mean 0 and variance 1 ` +
      `(needed: ${whole(LOOSE_ABOVE)})`,
  };
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${Number((share * 100).toPrecision(2))} %` : "an unknown amount";
}

import { OptionError } from "../base/errors.ts";

/** Exactly one of the two. */
export type KeepOptions =
  | {
      /** Probability to drop, in [0, 1): Keras's rate, PyTorch's p. */
      readonly rate: number;
      readonly keep?: never;
    }
  | {
      /** Probability to keep, in (0, 1]: the dropout paper's p. */
      readonly keep: number;
      readonly rate?: never;
    };

/** The probability to keep that the options state; OptionError unless they state exactly one. */
export function resolveKeep(
  { rate, keep }: { readonly rate?: number; readonly keep?: number },
  who: string,
): number {
  if (rate !== undefined && keep === undefined) {
    if (rate >= 0 && rate < 1) return 1 - rate;
    throw new OptionError(`${who}: rate must be in [0, 1), got ${rate}`);
  }
  if (keep !== undefined && rate === undefined) {
    if (keep > 0 && keep <= 1) return keep;
    throw new OptionError(`${who}: keep must be in (0, 1], got ${keep}`);
  }
  const got = rate === undefined ? "neither" : `rate ${rate} and keep ${keep}`;
  throw new OptionError(`${who}: takes exactly one of rate and keep, got ${got}`);
}

export interface TestTime {
  /**
   * How training and test are made to agree in expectation. Defaults to *"scale-inverted"*: what
   * is kept × 1 / keep while training, nothing at test. `"scale-weights"` is the papers' form:
   * nothing while training, everything × keep at test.
   */
  readonly testTime?: "scale-inverted" | "scale-weights";
}

/** The factors that go with a mask while it is drawn, and in its place at test. */
export function resolveTestTime(
  { testTime = "scale-inverted" }: TestTime,
  keep: number,
  who: string,
): { readonly whenDrawing: number; readonly atTest: number } {
  if (testTime === "scale-inverted") return { whenDrawing: 1 / keep, atTest: 1 };
  if (testTime === "scale-weights") return { whenDrawing: 1, atTest: keep };
  throw new OptionError(
    `${who}: testTime must be "scale-inverted" or "scale-weights", got ${JSON.stringify(testTime)}`,
  );
}

/** What was observed inside the layers, as lines. */
import type { Point, Series } from "../charts/index.ts";
import { landscapeFactors } from "../engine/landscape-steps.ts";
import { lastProbe, probeSeries } from "../record/series.ts";
import type { TrainingRecord } from "../record/training-record.ts";

/** The colour of an arm everywhere on the page. */
function armColor(arm: number): string {
  return `var(--arm-${arm})`;
}

/** Dead or saturated units: one line for each layer that can have such. */
export function unitSeries(record: TrainingRecord): readonly Series[] {
  return record.spec.arms.flatMap(({ name }, arm) =>
    Object.keys(lastProbe(record, arm, "units")?.values ?? {}).map((value, at) => ({
      label: `${name}, ${value}`,
      color: armColor(arm),
      dashed: at % 2 === 1,
      points: probeSeries(record, arm, "units", value),
    })),
  );
}

export function gradientSeries(record: TrainingRecord): readonly Series[] {
  return record.spec.arms.map(({ name }, arm) => ({
    label: name,
    color: armColor(arm),
    points: probeSeries(record, arm, "gradients", "gradient"),
  }));
}

/** Of the step sizes of the landscape, the learning rate itself. */
const TRAINED = landscapeFactors.indexOf(1);

/** The probe writes what is not finite as the largest double. */
const isLost = ({ y }: Point): boolean => y >= Number.MAX_VALUE;

function byStep(points: readonly Point[]): ReadonlyMap<number, number> {
  return new Map(points.filter((point) => !isLost(point)).map(({ x, y }) => [x, y]));
}

/** A line for each arm in a band from the least to the largest of all step sizes. */
function bandSeries(
  record: TrainingRecord,
  parts: Readonly<Record<"line" | "low" | "high", (arm: number) => readonly Point[]>>,
): readonly Series[] {
  return record.spec.arms.map(({ name }, arm) => {
    const [low, high] = [byStep(parts.low(arm)), byStep(parts.high(arm))];
    const points = parts.line(arm).flatMap((point): Point[] => {
      const { x, y } = point;
      if (isLost(point)) return [];
      return [{ x, y, low: low.get(x) ?? y, high: high.get(x) ?? y }];
    });
    return { label: name, color: armColor(arm), points };
  });
}

/** The loss, in the band from the least to the largest that steps along the gradient give. */
export function landscapeSeries(record: TrainingRecord): readonly Series[] {
  const seen = (value: string) => (arm: number) => probeSeries(record, arm, "landscape", value);
  return bandSeries(record, { line: seen("loss"), low: seen("lossMin"), high: seen("lossMax") });
}

/** How far the gradient is from itself a step of training away, in the band of all step sizes. */
export function predictivenessSeries(record: TrainingRecord): readonly Series[] {
  const seen =
    (value: string, at = 0) =>
    (arm: number): readonly Point[] =>
      probeSeries(record, arm, "landscape", value, at);
  return bandSeries(record, {
    line: seen("distances", TRAINED),
    low: seen("distanceMin"),
    high: seen("distanceMax"),
  });
}

/** The cosine of the gradient and itself a step of training away, in the band of all step sizes. */
export function cosineSeries(record: TrainingRecord): readonly Series[] {
  const cosines = (arm: number): readonly (readonly Point[])[] =>
    landscapeFactors.map((_, at) => probeSeries(record, arm, "landscape", "cosines", at));
  const extreme = (pick: (...values: number[]) => number) => (arm: number) => {
    const tracks = cosines(arm);
    return tracks[TRAINED]!.map(({ x }, i) => ({
      x,
      y: pick(...tracks.flatMap((track) => track[i]?.y ?? [])),
    }));
  };
  return bandSeries(record, {
    line: (arm) => cosines(arm)[TRAINED]!,
    low: extreme(Math.min),
    high: extreme(Math.max),
  });
}

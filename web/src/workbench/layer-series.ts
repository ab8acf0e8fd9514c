/** What was observed inside the layers, as lines. */
import type { Series } from "../charts/index.ts";
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

/** The loss, in the band from the least to the largest that steps along the gradient give. */
export function landscapeSeries(record: TrainingRecord): readonly Series[] {
  return record.spec.arms.map(({ name }, arm) => {
    const low = probeSeries(record, arm, "landscape", "lossMin");
    const high = probeSeries(record, arm, "landscape", "lossMax");
    return {
      label: name,
      color: armColor(arm),
      points: probeSeries(record, arm, "landscape", "loss").map(({ x, y }, at) => ({
        x,
        y,
        low: low[at]?.y ?? y,
        high: high[at]?.y ?? y,
      })),
    };
  });
}

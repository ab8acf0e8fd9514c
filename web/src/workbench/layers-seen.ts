import { lastProbe } from "../record/series.ts";
import { layerKind } from "../engine/layer-catalogue.ts";
import type { TrainingRecord } from "../record/training-record.ts";

/** Paths of the layers whose outputs were observed, in order. */
export function layersSeen(record: TrainingRecord, arm: number): readonly string[] {
  const values = lastProbe(record, arm, "activations")?.values ?? {};
  return Object.keys(values).flatMap((name) =>
    name.endsWith("/percentiles") ? [name.slice(0, -"/percentiles".length)] : [],
  );
}

/** A layer as people call it: `2 Sigmoid`. */
export function layerName(record: TrainingRecord, arm: number, path: string | undefined): string {
  if (path === undefined) return "";
  const spec = record.spec.arms[arm]?.layers[Number.parseInt(path, 10)];
  const title = spec === undefined ? "" : (layerKind(spec.kind)?.title ?? spec.kind);
  return `${path} ${title}`;
}

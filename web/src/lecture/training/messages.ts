/** What a chapter's page and its worker say to each other. */
import type { ExperimentId } from "./experiments.ts";

export interface Order {
  readonly id: ExperimentId;
  readonly settings: unknown;
}

export type Report =
  | { readonly type: "updates"; readonly updates: readonly unknown[] }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly message: string };

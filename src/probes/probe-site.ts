import { checkWeights, memberTree, type Module, type Weights } from "../nn/index.ts";
import type { Backend } from "../run/backend.ts";
import { selectBackend } from "../run/select.ts";
import type { ProbeSite } from "./probe.ts";

export interface ProbeSiteOptions {
  /** Defaults to *the fastest backend that runs here*. */
  readonly backend?: Backend;
}

/**
 * A place to look at a model that is not being trained, with these parameters and statistics:
 * `(await probe.prepare(await probeSite(model, weights)))(0)` is one observation.
 *
 * Errors: DataError if the weights are not the model's.
 */
export async function probeSite(
  model: Module,
  weights: Weights,
  { backend }: ProbeSiteOptions = {},
): Promise<ProbeSite> {
  const tree = memberTree(model);
  checkWeights(tree.members, weights, "probeSite");
  const session = await (backend ?? (await selectBackend())).open();
  for (const { path, slot } of tree.members) session.write(slot, weights.get(path)!.data);
  return { model, tree, session };
}

import {
  checkWeights,
  memberTree,
  type MemberTree,
  type Module,
  type Weights,
} from "../nn/index.ts";
import type { Backend, Session } from "../run/backend.ts";
import { selectBackend } from "../run/select.ts";

/** A session that holds a model's weights; nothing is opened if they do not fit it. */
export async function openModel(
  model: Module,
  weights: Weights,
  backend: Backend | undefined,
  who: string,
): Promise<{ readonly session: Session; readonly tree: MemberTree }> {
  const tree = memberTree(model);
  checkWeights(tree.members, weights, who);
  const session = await (backend ?? (await selectBackend())).open();
  for (const { path, slot } of tree.members) session.write(slot, weights.get(path)!.data);
  return { session, tree };
}

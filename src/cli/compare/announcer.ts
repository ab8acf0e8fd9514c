/** Lets those who ask a queue for its status know how far a comparison is. */
import { canonicalJson } from "../../experiments/canonical-json.ts";
import type { ComparisonEvent, ComparisonPlan } from "../../experiments/index.ts";
import { shortHash } from "../../experiments/run-description.ts";
import type { ComparisonSign } from "../queue/comparison-signs.ts";

/**
 * Takes a comparison's events and puts up what they amount to. Its name is a hash over its first
 * round's runs: the same comparison, begun again, has the same.
 */
export function announcer(
  { arms, data, rounds }: Pick<ComparisonPlan, "arms" | "data" | "rounds">,
  put: (id: string, sign: Omit<ComparisonSign, "at">) => void,
): (event: ComparisonEvent) => Promise<void> {
  const since = Date.now();
  let id: string | null = null;
  let sign = {
    name: data.name,
    arms: arms.length,
    round: 0,
    rounds: rounds.length,
    runs: 0,
    done: 0,
    since,
  };
  return async (event) => {
    if (event.type === "round") {
      const ids = event.runs.map((run) => run.id);
      id ??= `comparison-${await shortHash(canonicalJson(ids.toSorted()))}`;
      sign = { ...sign, round: sign.round + 1, runs: ids.length, done: 0 };
    } else if (event.type === "run" && event.event.type === "result") {
      sign = { ...sign, done: sign.done + 1 };
    } else {
      return;
    }
    if (id !== null) put(id, sign);
  };
}

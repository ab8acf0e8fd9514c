import { readFile, writeFile } from "node:fs/promises";
import type { PresetName, StudyResult } from "../experiments/index.ts";
import { findingsPage, readNotes } from "../experiments/report/findings-page.ts";
import { studies } from "../studies/index.ts";
import { collectResults } from "./collect-results.ts";

const SIZES: readonly PresetName[] = ["quick", "standard", "paper"];

/** Writes the page over what is kept in `out`; gives the results that stand in it. */
export async function writeFindings(
  path: string,
  out: string,
  notes: string | undefined,
): Promise<readonly StudyResult[]> {
  const all = (await collectResults(out)).map(({ result }) => result);
  const chosen = chooseResults(all);
  const words = notes === undefined ? {} : readNotes(await readFile(notes, "utf8"));
  await writeFile(path, findingsPage(chosen, words));
  return chosen;
}

/** Per study, in the studies' order: the largest preset, as it is rather than changed, newest first. */
export function chooseResults(newestFirst: readonly StudyResult[]): StudyResult[] {
  return studies.flatMap(({ id, revision }) => {
    const own = newestFirst.filter((each) => each.study === id && each.revision === revision);
    const rank = ({ preset, overrides }: StudyResult): number =>
      2 * SIZES.indexOf(preset) + (Object.keys(overrides).length === 0 ? 1 : 0);
    return own.toSorted((a, b) => rank(b) - rank(a)).slice(0, 1);
  });
}

import type { Dataset } from "../data/dataset.ts";
import type { Study } from "../experiments/index.ts";
import { loadStudyData, type LoadOptions } from "./load-study-data.ts";

/** Loads what studies train on, each data set with each of its loader's options once. */
export function studyData(options: LoadOptions): (study: Study) => Promise<Dataset> {
  const loaded = new Map<string, Promise<Dataset>>();
  return async (study) => {
    // What a study makes is its own.
    if ("generate" in study.data) return loadStudyData(study, options);
    const key = JSON.stringify(study.data);
    const data = loaded.get(key) ?? loadStudyData(study, options);
    loaded.set(key, data);
    // A download that failed is tried again for the next study.
    data.catch(() => loaded.delete(key));
    return data;
  };
}

import { parseHTML } from "linkedom";
import { type Study, type StudyFile, type StudyResult, studyFiles } from "../experiments/index.ts";
import { rasterize } from "./rasterize.ts";

/** The report, and each figure as SVG, PNG and, its numbers, CSV. */
export async function makeStudyFiles(study: Study, result: StudyResult): Promise<StudyFile[]> {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const files: StudyFile[] = [];
  for (const file of studyFiles(study, result, document)) {
    files.push(file);
    if (!file.name.endsWith(".svg") || typeof file.content !== "string") continue;
    files.push({
      name: file.name.replace(/svg$/, "png"),
      content: await rasterize(file.content),
    });
  }
  return files;
}

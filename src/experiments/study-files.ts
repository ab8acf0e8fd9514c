import { figureCsv } from "./report/figure-csv.ts";
import { figureSvg } from "./report/figure-svg.ts";
import { studyReport } from "./report/study-report.ts";
import type { Study } from "./study.ts";
import type { StudyResult } from "./study-result.ts";

export interface StudyFile {
  /** A plain name. */
  readonly name: string;
  readonly content: string | Uint8Array;
}

/**
 * What stands beside a study's `result.json`, made of it alone: the report, and every figure as SVG
 * and its numbers as CSV.
 */
export function studyFiles(study: Study, result: StudyResult, document: Document): StudyFile[] {
  const figures = study.figures(result, document);
  return [
    { name: "report.html", content: studyReport(result, figures) },
    ...figures.flatMap((figure) => [
      { name: `figure-${figure.id}.svg`, content: figureSvg(figure, result.protocol.arms) },
      { name: `figure-${figure.id}.csv`, content: figureCsv(figure.numbers) },
    ]),
  ];
}

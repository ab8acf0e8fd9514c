/** Prints vitest's JSON report as one line, `N passed, N failed`; no test at all is a failure. */
import { readFileSync } from "node:fs";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  /** Test files that broke before any of their tests ran count as failed tests do. */
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly unknown[];
  }[];
}

function readReport(file: string): Report | null {
  const text = readFileSync(file, "utf8");
  return text === "" ? null : (JSON.parse(text) as Report);
}

const report = readReport(process.argv[2] ?? "");
const broken = (report?.testResults ?? []).filter(
  (file) => file.status === "failed" && file.assertionResults.length === 0,
).length;
const passed = report?.numPassedTests ?? 0;
const failed = (report?.numFailedTests ?? 1) + broken;
const skipped = report?.numPendingTests ?? 0;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

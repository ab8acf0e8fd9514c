import { backendNames, selectBackend } from "../run/select.ts";

export interface BackendReport {
  readonly name: string;
  readonly available: boolean;
  /** Why it is absent; null if it is there. */
  readonly reason: string | null;
  readonly description: string | null;
}

/** Which backends run here, and of each other one why not. */
export async function describeBackends(): Promise<BackendReport[]> {
  const reports: BackendReport[] = [];
  for (const name of backendNames) {
    if (name === "auto") continue;
    try {
      const { description } = await selectBackend(name);
      reports.push({ name, available: true, reason: null, description });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      reports.push({ name, available: false, reason, description: null });
    }
  }
  return reports;
}

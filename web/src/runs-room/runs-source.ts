/** What the server says of the runs on this machine. */

export interface ListedRun {
  readonly id: string;
  readonly study: string;
  readonly arm: string;
  readonly seed: number;
  readonly backend: string;
  readonly data: string;
  readonly outcome: string | null;
  readonly step: number | null;
  readonly steps: number | null;
  readonly accuracy: number | null;
  readonly loss: number | null;
  readonly changed: number;
}

interface ListedStudy {
  readonly id: string;
  readonly study: string;
  readonly title: string;
  readonly preset: string;
  readonly verdict: string | null;
  readonly because: string;
  readonly runs: number;
  readonly hasReport: boolean;
  readonly changed: number;
}

export interface RunList {
  readonly folder: string;
  readonly runs: readonly ListedRun[];
  readonly studies: readonly ListedStudy[];
}

/** Null where there is no server to ask, as on a static site. Errors: Error if it answers strangely. */
export async function fetchRuns(signal: AbortSignal): Promise<RunList | null> {
  const response = await fetch("api/runs", { signal });
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  if (response.status === 404 || (response.ok && !isJson)) return null;
  if (!response.ok) {
    throw new Error(`runs: the server must list them, got status ${response.status}`);
  }
  return (await response.json()) as RunList;
}

/** What charts draw of a run's events. */
interface RunPoint {
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number | null;
}

export interface RunCurve {
  readonly test: readonly RunPoint[];
  readonly training: readonly RunPoint[];
  readonly live: boolean;
}

export const emptyCurve: RunCurve = { test: [], training: [], live: true };

interface Told {
  readonly type: string;
  readonly step?: number;
  readonly split?: string;
  readonly loss?: number;
  readonly accuracy?: number | null;
  readonly result?: { readonly loss: number; readonly accuracy: number | null };
}

/** Follows a run's events; gives the function that stops following. */
export function followRun(id: string, onCurve: (curve: RunCurve) => void): () => void {
  const test = new Map<number, RunPoint>();
  const training = new Map<number, RunPoint>();
  let live = true;
  let asked = 0;
  const source = new EventSource(`runs/${encodeURIComponent(id)}/events`);

  /** Hundreds of events may come at once: one drawing for all of them. */
  function tell(): void {
    if (asked !== 0) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      onCurve({ test: [...test.values()], training: [...training.values()], live });
    });
  }
  source.addEventListener("message", ({ data }: MessageEvent<string>) => {
    takeEvent(JSON.parse(data) as Told, test, training);
    tell();
  });
  source.addEventListener("end", () => {
    live = false;
    source.close();
    tell();
  });
  return () => {
    source.close();
    cancelAnimationFrame(asked);
  };
}

function takeEvent(
  event: Told,
  test: Map<number, RunPoint>,
  training: Map<number, RunPoint>,
): void {
  const { type, step = 0 } = event;
  if (type === "start") {
    // A resumed run takes back what it had said of later steps.
    for (const map of [test, training]) {
      for (const later of map.keys()) if (later > step) map.delete(later);
    }
  } else if (type === "evaluation" && event.split === "test" && event.result !== undefined) {
    test.set(step, { step, loss: event.result.loss, accuracy: event.result.accuracy });
  } else if (type === "step" && event.loss !== undefined) {
    training.set(step, { step, loss: event.loss, accuracy: event.accuracy ?? null });
  }
}

/** A chapter's worker: runs one experiment and reports; to stop it is to end it. */
import { failureText } from "../../engine/failure-text.ts";
import type { Experiment } from "./experiment.ts";
import { experiments } from "./experiments.ts";
import type { Order, Report } from "./messages.ts";

/** Milliseconds between two reports: charts draw no more often. */
const INTERVAL = 40;

const post = (report: Report): void => postMessage(report);

addEventListener(
  "message",
  ({ data: order }: MessageEvent<Order>) => {
    run(order).catch((error: unknown) => {
      post({ type: "failed", message: failureText(error) });
    });
  },
  { once: true },
);

async function run({ id, settings }: Order): Promise<void> {
  const experiment = (await experiments[id]()) as Experiment<unknown, unknown>;
  let waiting: unknown[] = [];
  let last = -Infinity;
  for await (const update of experiment(settings, new AbortController().signal)) {
    waiting.push(update);
    if (performance.now() - last < INTERVAL) continue;
    post({ type: "updates", updates: waiting });
    waiting = [];
    last = performance.now();
  }
  post({ type: "updates", updates: waiting });
  post({ type: "done" });
}

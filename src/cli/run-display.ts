/** Shows a study's progress on stderr: redrawn on a terminal, else as a line now and then. */
import { createLogUpdate } from "log-update";
import type { StudyEvent } from "../experiments/index.ts";
import type { Output } from "./output.ts";
import { progressBar } from "./progress-bar.ts";
import {
  advance,
  isOver,
  secondsLeft,
  shareDone,
  type RunProgress,
  type StudyProgress,
} from "./run-progress.ts";
import { textTable } from "./text-table.ts";
import { showCount, showSeconds } from "./units.ts";

export interface RunDisplay {
  see(event: StudyEvent): void;
  done(): void;
}

/** Milliseconds between drawings on a terminal, and between lines elsewhere. */
const redrawEvery = 100;
const lineEvery = 5000;

export function runDisplay(threads: number, output: Output): RunDisplay {
  const log = createLogUpdate(process.stderr);
  let progress: StudyProgress = new Map();
  let shown = performance.now();
  const draw = (): void => log(drawing(progress, threads));
  return Object.freeze({
    see(event: StudyEvent): void {
      const now = performance.now();
      progress = advance(progress, event, now);
      const ended =
        event.type === "run" && event.event.type === "result" ? progress.get(event.id) : undefined;
      if (output.live) {
        if (now - shown < redrawEvery) return;
        draw();
      } else if (ended !== undefined) {
        output.note(`${runName(ended)}: ${ending(ended)}`);
        return;
      } else if (now - shown >= lineEvery) {
        for (const run of progress.values()) {
          if (run.state === "running") output.note(plainLine(run));
        }
        output.note(totalLine(progress, threads));
      } else {
        return;
      }
      shown = now;
    },
    done(): void {
      if (!output.live) return;
      if (progress.size > 0) draw();
      log.done();
    },
  });
}

/** More runs than this are not all drawn at once: they would not fit on a screen. */
const mostRows = 16;

function drawing(progress: StudyProgress, threads: number): string {
  const runs = [...progress.values()];
  const drawn = runs.length <= mostRows ? runs : runs.filter(({ state }) => state === "running");
  const rows = drawn.map((run) => [
    run.arm,
    `seed ${run.seed}`,
    progressBar(isOver(run) ? 1 : run.step / run.steps, 16),
    `${showCount(run.step)}/${showCount(run.steps)}`,
    run.rate === null ? "" : showRate(run.rate),
    run.loss === null ? "" : run.loss.toFixed(4),
    run.accuracy === null ? "" : showAccuracy(run),
    isOver(run) ? run.state : run.state === "waiting" ? "" : timeLeft(run),
  ]);
  const heading = ["arm", "", "", "step", "speed", "batch loss", "test accuracy", "left"];
  return `${textTable([heading, ...rows])}\n${totalLine(progress, threads)}`;
}

function totalLine(progress: StudyProgress, threads: number): string {
  const runs = [...progress.values()];
  const over = runs.filter(isOver).length;
  const left = secondsLeft(progress, threads);
  const remaining =
    left === null || over === runs.length ? "" : `, about ${showSeconds(left)} left`;
  return `${over} of ${runs.length} runs done, ${Math.floor(100 * shareDone(progress))} % of all steps${remaining}`;
}

function plainLine(run: RunProgress): string {
  const parts = [
    `step ${showCount(run.step)} of ${showCount(run.steps)}`,
    ...(run.rate === null ? [] : [showRate(run.rate)]),
    ...(run.loss === null ? [] : [`batch loss ${run.loss.toFixed(4)}`]),
    ...(run.accuracy === null ? [] : [`test accuracy ${showAccuracy(run)}`]),
    `${timeLeft(run)} left`,
  ];
  return `${runName(run)}: ${parts.join(", ")}`;
}

function showRate(rate: number): string {
  return `${rate < 10 ? rate.toFixed(1) : showCount(Math.round(rate))} steps/s`;
}

/** Normalization may use one of two statistics in evaluation, and the number depends on which. */
function showAccuracy({ accuracy, statistics }: RunProgress): string {
  const mode = statistics === null ? "" : ` (${statistics} statistics)`;
  return accuracy === null ? "" : `${(100 * accuracy).toFixed(2)} %${mode}`;
}

function timeLeft({ step, steps, rate }: RunProgress): string {
  return rate === null ? "unknown time" : showSeconds((steps - step) / rate);
}

function ending(run: RunProgress): string {
  const accuracy = run.accuracy === null ? "" : `, test accuracy ${showAccuracy(run)}`;
  return `${run.state} at step ${showCount(run.step)}${accuracy}`;
}

function runName({ arm, seed }: RunProgress): string {
  return `${arm}, seed ${seed}`;
}

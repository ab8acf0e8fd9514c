import { expect, test } from "vitest";
import { sleepWhenHidden } from "./sleep-when-hidden.ts";

/** A page and work on it, and what happened to the work. */
function scene(): {
  readonly told: string[];
  readonly work: { awake: boolean };
  readonly end: () => void;
  show(visible: boolean): void;
} {
  const page = Object.assign(new EventTarget(), { hidden: false });
  const told: string[] = [];
  const work = { awake: true };
  const end = sleepWhenHidden(page, {
    isAwake: () => work.awake,
    pause: () => told.push("pause"),
    resume: () => told.push("resume"),
  });
  return {
    told,
    work,
    end,
    show(visible) {
      page.hidden = !visible;
      page.dispatchEvent(new Event("visibilitychange"));
    },
  };
}

test("work pauses while the page is hidden and goes on when it is seen", () => {
  const { told, show } = scene();
  show(false);
  show(false);
  expect(told).toEqual(["pause"]);
  show(true);
  show(true);
  expect(told).toEqual(["pause", "resume"]);
});

test("what was paused before stays so", () => {
  const { told, work, show } = scene();
  work.awake = false;
  show(false);
  show(true);
  expect(told).toEqual([]);
});

test("after its end nothing is followed", () => {
  const { told, end, show } = scene();
  end();
  show(false);
  expect(told).toEqual([]);
});

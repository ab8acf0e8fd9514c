/** Milliseconds between two drawings of one chart: quick to the eye, and little to the machine. */
const INTERVAL = 100;

/** Milliseconds that drawing may take of one frame: the reader's input comes first. */
const BUDGET = 12;

interface Drawing {
  readonly draw: () => void;
  last: number;
}

export interface Throttle {
  /** Asks for a drawing; many asked for at once are one. */
  ask(): void;
  cancel(): void;
}

/** Drawings asked for and not made, in turn. */
const waiting = new Set<Drawing>();
let frameAsked = 0;

function askFrame(): void {
  if (frameAsked === 0 && waiting.size > 0) frameAsked = requestAnimationFrame(drawSome);
}

/** All charts of the page share each frame's time; who does not get a turn has one in the next. */
function drawSome(now: number): void {
  frameAsked = 0;
  const end = performance.now() + BUDGET;
  for (const drawing of waiting) {
    if (now - drawing.last < INTERVAL) continue;
    waiting.delete(drawing);
    drawing.last = now;
    drawing.draw();
    if (performance.now() >= end) break;
  }
  askFrame();
}

/** Draws when the browser paints, at most ten times a second, and not at all in a hidden tab. */
export function throttle(draw: () => void): Throttle {
  const drawing: Drawing = { draw, last: -Infinity };
  return {
    ask() {
      waiting.add(drawing);
      askFrame();
    },
    cancel: () => void waiting.delete(drawing),
  };
}

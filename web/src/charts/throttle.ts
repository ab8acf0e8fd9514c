/** Milliseconds between two drawings of one chart. */
const INTERVAL = 1000 / 30;

export interface Throttle {
  /** Asks for a drawing; many asked for at once are one. */
  ask(): void;
  cancel(): void;
}

/** Draws when the browser paints, at most 30 times a second, and not at all in a hidden tab. */
export function throttle(draw: () => void): Throttle {
  let asked = 0;
  let last = -Infinity;

  function frame(now: number): void {
    if (now - last < INTERVAL - 1) {
      asked = requestAnimationFrame(frame);
      return;
    }
    asked = 0;
    last = now;
    draw();
  }

  return {
    ask() {
      if (asked === 0) asked = requestAnimationFrame(frame);
    },
    cancel() {
      cancelAnimationFrame(asked);
      asked = 0;
    },
  };
}

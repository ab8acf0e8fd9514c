/** Work that goes on by itself, as a hidden tab must be able to halt it. */
interface Sleeper {
  /** Is it going on, or about to? */
  isAwake(): boolean;
  pause(): void;
  resume(): void;
}

/** What of a document is needed here. */
type Visibility = Pick<Document, "hidden" | "addEventListener" | "removeEventListener">;

/**
 * A tab that nobody looks at neither burns the battery nor loses its place: work is paused while the
 * page is hidden, and goes on when it is seen again unless it was paused before. Returns the end.
 */
export function sleepWhenHidden(page: Visibility, work: Sleeper): () => void {
  let sleeping = false;
  const follow = (): void => {
    if (page.hidden && !sleeping && work.isAwake()) {
      sleeping = true;
      work.pause();
    } else if (!page.hidden && sleeping) {
      sleeping = false;
      work.resume();
    }
  };
  page.addEventListener("visibilitychange", follow);
  return () => page.removeEventListener("visibilitychange", follow);
}

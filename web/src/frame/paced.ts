/** Something done as often as it is asked for, but not more often than every so often. */
export interface Paced {
  /** Soon, together with what is asked for until then; or now. */
  ask(now: boolean): void;
}

export function paced(milliseconds: number, work: () => void): Paced {
  let last = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function run(): void {
    last = performance.now();
    work();
  }

  return {
    ask(now) {
      clearTimeout(timer);
      const wait = last + milliseconds - performance.now();
      if (now || wait <= 0) run();
      else timer = setTimeout(run, wait);
    },
  };
}

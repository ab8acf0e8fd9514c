/**
 * Runs `jobs` at most `concurrency` at a time and yields what they yield, as it comes. If one
 * throws, the others are told to return and the error is passed on.
 */
export async function* merge<T>(
  jobs: readonly (() => AsyncIterable<T>)[],
  concurrency: number,
): AsyncGenerator<T, void, undefined> {
  const waiting = [...jobs];
  const active = new Map<AsyncIterator<T>, Promise<Arrival<T>>>();
  const advance = (iterator: AsyncIterator<T>): void => {
    const arrival = iterator.next().then((next) => ({ iterator, next }));
    active.set(iterator, arrival);
  };
  const fill = (): void => {
    while (active.size < concurrency) {
      const job = waiting.shift();
      if (job === undefined) return;
      advance(job()[Symbol.asyncIterator]());
    }
  };
  try {
    for (fill(); active.size > 0; fill()) {
      const { iterator, next } = await Promise.race(active.values());
      if (next.done === true) {
        active.delete(iterator);
        continue;
      }
      advance(iterator);
      yield next.value;
    }
  } finally {
    // Not awaited: a job blocked on its next step would never let the error through.
    for (const [iterator, arrival] of active) {
      arrival.catch(() => undefined);
      iterator.return?.().catch(() => undefined);
    }
  }
}

interface Arrival<T> {
  readonly iterator: AsyncIterator<T>;
  readonly next: IteratorResult<T>;
}

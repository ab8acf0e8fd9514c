/** Milliseconds of work after which timers, input and painting get their turn. */
const TURN = 20;

/** Null while there is no need to pause, a promise to await when there is. */
export type Breather = () => Promise<void> | null;

/** Lets long loops share the thread: call it often, await what it returns. */
export function breather(): Breather {
  let last = performance.now();
  const pause = async (): Promise<void> => {
    await nextTurn();
    last = performance.now();
  };
  return () => (performance.now() - last < TURN ? null : pause());
}

/** A task, not a microtask; and not a timer, which browsers hold back by 4 ms. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    const answer = (): void => {
      port1.close();
      resolve();
    };
    port1.addEventListener("message", answer, { once: true });
    port1.start();
    port2.postMessage(null);
  });
}

/** Lets rounds of work through: all of them, a number of them, or none. */
export interface Gate {
  /** Settles when the next round may begin. */
  pass(): Promise<void> | null;
  open(): void;
  close(): void;
  /** So many rounds, then closed. */
  allow(rounds: number): void;
}

/** `onChange` hears when the work begins to wait and when it goes on. */
export function gate(isOpen: boolean, onChange: (open: boolean) => void): Gate {
  let allowed = isOpen ? Infinity : 0;
  let wake: (() => void) | null = null;

  function admit(rounds: number): void {
    allowed = rounds;
    if (rounds === 0 || wake === null) return;
    onChange(true);
    wake();
    wake = null;
  }

  return {
    pass() {
      if (allowed > 0) {
        allowed--;
        return null;
      }
      onChange(false);
      return new Promise((resolve) => {
        wake = () => {
          allowed--;
          resolve();
        };
      });
    },
    open: () => admit(Infinity),
    close: () => admit(0),
    allow: (rounds) => admit(rounds),
  };
}

/**
 * A chapter's experiment: it runs in a worker, says what happens as it goes, and stops at a signal.
 * Settings and updates are plain data, so both cross into the worker and back.
 */
export type Experiment<Settings, Update> = (
  settings: Settings,
  signal: AbortSignal,
) => AsyncGenerator<Update, void>;

/** Where runs are kept. The command line keeps them on disk; tests and browsers keep them in memory. */
export interface RunStore {
  /** Opens or creates the folder of run `id`. */
  open(id: string): Promise<RunFolder>;
}

/** One run's files. Every write is whole or not there: a killed process leaves no torn file. */
export interface RunFolder {
  /** For messages: the folder's path, or a name. */
  readonly location: string;
  readText(file: string): Promise<string | null>;
  writeText(file: string, text: string): Promise<void>;
  readBytes(file: string): Promise<Uint8Array | null>;
  writeBytes(file: string, bytes: Uint8Array): Promise<void>;
  /** Appends one JSON value as a line of `file`. */
  appendLine(file: string, value: unknown): Promise<void>;
  /** The JSON values of `file`, without a torn last line; [] if there is no such file. */
  readLines(file: string): Promise<unknown[]>;
  list(): Promise<string[]>;
  remove(file: string): Promise<void>;
}

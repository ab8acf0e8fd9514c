/** A drawing for a report, with all its parts in words. */
export interface Figure {
  /** Unique within a report, kebab-case: the drawing's anchor. */
  readonly id: string;
  readonly title: string;
  /** What is shown, with units, number of seeds and evaluation mode. */
  readonly caption: string;
  /** What a reader sees in it, for those who do not. */
  readonly alternative: string;
  readonly panels: readonly Panel[];
  /** `none` leaves the arms' key out, where lines stand for something else. Default `arms`. */
  readonly key?: "arms" | "none";
  /** How many panels stand side by side where there is room. Default 2. */
  readonly columns?: number;
  /** The numbers behind it. */
  readonly numbers: DataTable;
}

export interface Panel {
  readonly title: string;
  /** SVG text that needs nothing from outside. */
  readonly svg: string;
}

export interface DataTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

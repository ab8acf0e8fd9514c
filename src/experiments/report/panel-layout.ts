// Apart from the drawing: whoever reads our declarations need not know the types of Plot.
/** What all panels over training share: steps to the right, values up, labels at the ends of lines. */
export interface PanelFrame extends PanelSize {
  readonly yDomain: readonly [number, number];
  readonly marginLeft: number;
  /** Room for the labels at the lines' ends. */
  readonly marginRight: number;
  readonly xTicks: number;
  /** How ticks print a value, such as `90 %`; defaults to *plain numbers*. */
  readonly tickText?: (value: number) => string;
}

export interface PanelSize {
  /** Drawn at this size in px, and scaled to the page. */
  readonly width: number;
  readonly height: number;
  /** A browser's document, or one that a library makes. */
  readonly document: Document;
}

/** One axis of a panel. */
export interface PanelAxis {
  /** What it shows, with its unit. */
  readonly label: string;
  /** Default *what is drawn*, with some room. */
  readonly domain?: readonly [number, number];
  /** `log` draws positive numbers only; others are left out. Default `linear`. */
  readonly scale?: "linear" | "log";
  /** How many ticks, or where. */
  readonly ticks?: number | readonly number[];
  /** How ticks print a value; defaults to *plain numbers*. */
  readonly tickText?: (value: number) => string;
}

/** A line across the whole panel, such as the paper's value. */
export interface PanelRule {
  readonly value: number;
  readonly text?: string;
}

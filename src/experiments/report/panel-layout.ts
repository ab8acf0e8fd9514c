// Apart from the drawing: whoever reads our declarations need not know the types of Plot.
/** What all panels share: training steps to the right, values up, labels at the ends of lines. */
export interface PanelFrame {
  readonly width: number;
  readonly height: number;
  readonly yDomain: readonly [number, number];
  /** A browser's document, or one that a library makes. */
  readonly document: Document;
  readonly marginLeft: number;
  /** Room for the labels at the lines' ends. */
  readonly marginRight: number;
  readonly xTicks: number;
  /** How ticks print a value, such as `90 %`; defaults to *plain numbers*. */
  readonly tickText?: (value: number) => string;
}

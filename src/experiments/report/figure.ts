/** A drawing for a report, with all its parts in words. */
export interface Figure {
  /** Unique within a report, kebab-case: the drawing's anchor. */
  readonly id: string;
  readonly title: string;
  /** What is shown, with units, number of seeds and evaluation mode. */
  readonly caption: string;
  /** What a reader sees in it, for those who do not. */
  readonly alternative: string;
  /** The drawing, as SVG or HTML text that needs nothing from outside. */
  readonly drawing: string;
}

/** How the arms of a study look: by order, the same in every figure. Colour is never the only cue. */
export interface ArmStyle {
  /** A CSS colour that follows the page's light or dark scheme. */
  readonly color: string;
  /** SVG dash pattern; "" is a solid line. */
  readonly dash: string;
  /** Name of the dots' shape. */
  readonly symbol: "circle" | "square" | "triangle" | "diamond" | "star" | "wye";
}

const COLORS = 8;
const DASHES = ["5 3.5", "", "1.5 3", "9 3 2 3", "12 4"] as const;
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "wye"] as const;

/** The three cues repeat after different numbers of arms, so that no two arms of a study share all. */
export function armStyle(index: number): ArmStyle {
  return {
    color: `var(--arm-${index % COLORS})`,
    dash: DASHES[index % DASHES.length]!,
    symbol: SYMBOLS[index % SYMBOLS.length]!,
  };
}

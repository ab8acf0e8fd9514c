/** How the arms of a study look: by order, the same in every figure. Colour is never the only cue. */
export interface ArmStyle {
  /** A CSS colour that follows the page's light or dark scheme. */
  readonly color: string;
  /** SVG dash pattern; "" is a solid line. */
  readonly dash: string;
}

const DASHES = ["5 3.5", "", "1.5 3", "9 3 2 3"] as const;

export function armStyle(index: number): ArmStyle {
  const place = index % DASHES.length;
  return { color: `var(--arm-${place})`, dash: DASHES[place]! };
}

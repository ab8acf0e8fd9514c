const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `width` characters, filled to `share` in [0, 1] in steps of an eighth of a character. */
export function progressBar(share: number, width: number): string {
  const filled = Math.round(Math.min(Math.max(share, 0), 1) * width * 8);
  const bar = "█".repeat(Math.floor(filled / 8)) + eighths[filled % 8]!;
  return bar.padEnd(width, "░");
}

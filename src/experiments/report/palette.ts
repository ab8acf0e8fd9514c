/** The colours of reports by name, for a light page and a dark one. Prints and picture files are light. */
export const palette: Readonly<
  Record<"light" | "dark" | "print", Readonly<Record<string, string>>>
> = {
  light: {
    paper: "#fdfcfa",
    card: "#ffffff",
    ink: "#1d2127",
    muted: "#5d6570",
    line: "#e3e0da",
    grid: "#ebe8e2",
    "arm-0": "#b4530f",
    "arm-1": "#1b5fa8",
    "arm-2": "#3d7a41",
    "arm-3": "#7d4aa3",
    "arm-4": "#8a6d00",
    "arm-5": "#0b7a83",
    "arm-6": "#b03070",
    "arm-7": "#5b6470",
    good: "#256b3a",
    bad: "#a12b2b",
    open: "#7a5a00",
  },
  dark: {
    paper: "#15181c",
    card: "#1b1f24",
    ink: "#e6e4df",
    muted: "#9aa1ab",
    line: "#30353c",
    grid: "#2a2f36",
    "arm-0": "#f0985a",
    "arm-1": "#74b3f0",
    "arm-2": "#86c68a",
    "arm-3": "#c69ae6",
    "arm-4": "#d9b84a",
    "arm-5": "#5cc4cc",
    "arm-6": "#ee8fb9",
    "arm-7": "#a9b3bf",
    good: "#7fcb95",
    bad: "#f08f8f",
    open: "#e2bd5b",
  },
  /** Over the light ones. */
  print: { paper: "#fff", card: "#fff", ink: "#000", muted: "#444", line: "#bbb", grid: "#ddd" },
};

/** `--paper: #fff; --ink: #000;` */
export function declarations(colors: Readonly<Record<string, string>>): string {
  return Object.entries(colors)
    .map(([name, color]) => `--${name}: ${color};`)
    .join(" ");
}

/** A figure as a picture of its own: all panels, their titles and the key, in the colours of a light page. */
import type { Arm } from "../study-parts.ts";
import { armStyle } from "./arm-style.ts";
import type { Figure } from "./figure.ts";
import { markup, trusted, type Html } from "./markup.ts";
import { palette } from "./palette.ts";

const PANEL_WIDTH = 460;
const SMALL_WIDTH = 250;
const MARGIN = 20;
const GAP = 18;
const TITLE = 18;
const KEY_WIDTH = 34;
const LETTER = 6.9;
const LINE = 20;
const FONT = "DejaVu Sans, Verdana, sans-serif";

/** SVG text that needs no style sheet, no script and no other file. */
export function figureSvg(figure: Figure, arms: readonly Arm[]): string {
  const { title, panels, alternative } = figure;
  const columns = Math.min(figure.columns ?? 2, Math.max(1, panels.length));
  const panelWidth = columns > 2 ? SMALL_WIDTH : PANEL_WIDTH;
  const width = 2 * MARGIN + columns * panelWidth + (columns - 1) * GAP;
  const key = keyLines(figure.key === "none" ? [] : arms, width - 2 * MARGIN);
  const top = MARGIN + 26 + key.length * LINE + 8;
  const placed = placePanels(figure, columns, panelWidth, top);
  const drawn = placed.cells.map(({ x, y, height, panel }) => {
    const label = markup`<text x="${x}" y="${y + 12}" font-size="11.5" fill="var(--muted)">${panel.title}</text>`;
    const inner = markup`<svg x="${x}" y="${y + TITLE}" width="${panelWidth}" height="${height}" overflow="visible"`;
    return markup`${label}${trusted(nestedSvg(panel.svg, inner))}`;
  });
  const keys = key.map((line, row) => keyRow(line, MARGIN + 26 + (row + 1) * LINE - 6));
  const page = markup`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${placed.bottom + MARGIN}" viewBox="0 0 ${width} ${placed.bottom + MARGIN}" font-family="${FONT}" role="img">
<title>${title}</title><desc>${alternative}</desc>
<rect width="100%" height="100%" fill="var(--card)"/>
<text x="${MARGIN}" y="${MARGIN + 14}" font-size="16" font-weight="600" fill="var(--ink)">${title}</text>
${keys}${drawn}</svg>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${inLightColors(page.html)}\n`;
}

interface Placed {
  readonly cells: readonly {
    readonly x: number;
    readonly y: number;
    readonly height: number;
    readonly panel: Figure["panels"][number];
  }[];
  readonly bottom: number;
}

/** Row by row, each as high as its highest panel. */
function placePanels({ panels }: Figure, columns: number, panelWidth: number, top: number): Placed {
  const cells: Placed["cells"][number][] = [];
  let y = top;
  for (let first = 0; first < panels.length; first += columns) {
    const row = panels.slice(first, first + columns).map((panel, column) => {
      const { width, height } = sizeOfSvg(panel.svg);
      const x = MARGIN + column * (panelWidth + GAP);
      return { x, y, height: (panelWidth * height) / width, panel };
    });
    cells.push(...row);
    y += TITLE + Math.max(...row.map(({ height }) => height)) + GAP;
  }
  return { cells, bottom: y - GAP };
}

const OPENING = /^<svg\b[^>]*>/;

function sizeOfSvg(svg: string): { readonly width: number; readonly height: number } {
  const box = /viewBox="([^"]*)"/.exec(OPENING.exec(svg)?.[0] ?? "")?.[1] ?? "";
  const [, , width = 1, height = 1] = box.split(/[\s,]+/).map(Number);
  return { width, height };
}

/** The panel's drawing inside the page's: its own size and style sheet give way. */
function nestedSvg(svg: string, opening: Html): string {
  const { width, height } = sizeOfSvg(svg);
  const body = svg.replace(OPENING, "").replaceAll(/<style>[\s\S]*?<\/style>/g, "");
  return `${opening.html} viewBox="0 0 ${width} ${height}" font-size="12" fill="currentColor" text-anchor="middle">${body}`;
}

interface KeyPart {
  readonly x: number;
  readonly index: number;
  readonly label: string;
}

/** The arms' lines and names, broken into rows that fit. */
function keyLines(arms: readonly Arm[], width: number): KeyPart[][] {
  const lines: KeyPart[][] = [];
  let x = Infinity;
  arms.forEach(({ label }, index) => {
    const needed = KEY_WIDTH + 8 + label.length * LETTER + 22;
    if (x + needed > width) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)!.push({ x: MARGIN + x, index, label });
    x += needed;
  });
  return lines;
}

function keyRow(parts: readonly KeyPart[], y: number): Html {
  const drawn = parts.map(({ x, index, label }) => {
    const { color, dash } = armStyle(index);
    const pattern = dash === "" ? null : markup` stroke-dasharray="${dash}"`;
    return markup`<line x1="${x}" y1="${y - 4}" x2="${x + KEY_WIDTH}" y2="${y - 4}" stroke="${color}" stroke-width="2.4"${pattern}/><text x="${x + KEY_WIDTH + 8}" y="${y}" font-size="12" fill="var(--ink)">${label}</text>`;
  });
  return markup`${drawn}`;
}

/** Viewers of picture files know no variables of a page. */
function inLightColors(text: string): string {
  return text
    .replaceAll(/var\(--([\w-]+)\)/g, (whole, name: string) => palette.light[name] ?? whole)
    .replaceAll("currentColor", palette.light["muted"]!)
    .replaceAll(/font-family="inherit"|font-family: ?inherit;?/g, "");
}

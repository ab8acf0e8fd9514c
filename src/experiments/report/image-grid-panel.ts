import { encode } from "fast-png";
import { OptionError } from "../../base/errors.ts";

/** A small picture: pixels row by row, for RGB the three channels of a pixel side by side. */
export interface GridImage {
  readonly pixels: ArrayLike<number>;
  /** Stands below it, if any picture of the grid has one. */
  readonly name?: string;
}

export interface ImageGridOptions {
  readonly images: readonly GridImage[];
  /** Of one picture, in its own pixels. */
  readonly width: number;
  readonly height: number;
  /** 1 is grey, 3 is RGB. Default 1. */
  readonly channels?: 1 | 3;
  /** Pictures per row. */
  readonly columns: number;
  /**
   * Which numbers are black and white: `[low, high]` for all, `each` picture's own least and
   * greatest, or `zero`, which is middle grey in every picture, whose largest size is black or
   * white. Default `each`.
   */
  readonly range?: "each" | "zero" | readonly [number, number];
  /** Width of one picture on the page, in px. Default *twice its own*. */
  readonly shownWidth?: number;
}

const GAP = 3;
const NAME_HEIGHT = 15;

/**
 * Pictures in rows as one SVG: weights of first layers, examples. They need no data but their own.
 *
 * Errors: OptionError for a picture whose pixels are not width × height × channels.
 */
export function imageGridPanel(options: ImageGridOptions): string {
  const { images, width, height, columns, range = "each" } = options;
  const { channels = 1, shownWidth = 2 * width } = options;
  const shownHeight = (shownWidth * height) / width;
  const named = images.some(({ name }) => name !== undefined);
  const pitch = { x: shownWidth + GAP, y: shownHeight + GAP + (named ? NAME_HEIGHT : 0) };
  const rows = Math.ceil(images.length / columns);
  const cells = images.map(({ pixels, name = "" }, i) => {
    if (pixels.length !== width * height * channels) {
      throw new OptionError(
        `imageGridPanel: pixels must be ${width} × ${height} × ${channels}, got ${pixels.length} (picture ${i})`,
      );
    }
    const x = (i % columns) * pitch.x;
    const y = Math.floor(i / columns) * pitch.y;
    const source = dataUri(
      encode({ width, height, channels, depth: 8, data: toBytes(pixels, range) }),
    );
    const text =
      name === ""
        ? ""
        : `<text x="${x + shownWidth / 2}" y="${y + shownHeight + 12}" text-anchor="middle" font-size="11" fill="currentColor">${escapeText(name)}</text>`;
    return `<image x="${x}" y="${y}" width="${shownWidth}" height="${shownHeight}" image-rendering="pixelated" style="image-rendering: pixelated" preserveAspectRatio="none" href="${source}"/>${text}`;
  });
  const size = [columns * pitch.x - GAP, Math.max(1, rows * pitch.y - GAP)];
  return `<svg class="plot" xmlns="http://www.w3.org/2000/svg" width="${size[0]}" height="${size[1]}" viewBox="0 0 ${size.join(" ")}" font-family="inherit">${cells.join("")}</svg>`;
}

/** 0 is the range's lower end, 255 its upper; a picture of one value is middle grey. */
function toBytes(
  pixels: ArrayLike<number>,
  range: NonNullable<ImageGridOptions["range"]>,
): Uint8Array {
  const [low, high] = endsOf(Array.from(pixels), range);
  return Uint8Array.from(pixels, (pixel) => {
    if (!(high > low)) return 128;
    return Math.round(255 * Math.min(1, Math.max(0, (pixel - low) / (high - low))));
  });
}

function endsOf(
  pixels: readonly number[],
  range: NonNullable<ImageGridOptions["range"]>,
): readonly [number, number] {
  if (typeof range !== "string") return range;
  const low = pixels.reduce((least, pixel) => Math.min(least, pixel), Infinity);
  const high = pixels.reduce((most, pixel) => Math.max(most, pixel), -Infinity);
  const size = Math.max(Math.abs(low), Math.abs(high));
  return range === "each" ? [low, high] : [-size, size];
}

function dataUri(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `data:image/png;base64,${btoa(text)}`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** SVG to PNG, by resvg compiled to WebAssembly, with the fonts of the DejaVu family. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";

const require = createRequire(import.meta.url);

/** Dots of a picture per px of the drawing. */
const zoom = 2;

let loaded: Promise<readonly Uint8Array[]> | null = null;

/** The drawing as a PNG file's bytes. */
export async function rasterize(svg: string): Promise<Uint8Array> {
  // Started once per process: the second call of `initWasm` would be refused.
  loaded ??= load();
  const fontBuffers = [...(await loaded)];
  const drawing = new Resvg(keepClipsInside(svg), {
    fitTo: { mode: "zoom", value: zoom },
    font: { fontBuffers, defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" },
  });
  const picture = drawing.render();
  try {
    return Uint8Array.from(picture.asPng());
  } finally {
    picture.free();
    drawing.free();
  }
}

/**
 * resvg 2.6.2 traps on a clipped group that lies outside the whole picture, as curves above an axis
 * that starts high do. A mark in a corner that nobody sees keeps every such group inside.
 */
function keepClipsInside(svg: string): string {
  const corner = '<rect width="1" height="1" fill-opacity="0"/>';
  return svg.replaceAll(/<g\b[^>]*\bclip-path="[^"]*"[^>]*>/g, (group) => group + corner);
}

async function load(): Promise<readonly Uint8Array[]> {
  await initWasm(await readFile(require.resolve("@resvg/resvg-wasm/index_bg.wasm")));
  const fonts = [
    require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
    require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
  ];
  return Promise.all(fonts.map(async (font) => new Uint8Array(await readFile(font))));
}

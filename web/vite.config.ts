import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { publicEntries } from "./public-entries.ts";

const here = fileURLToPath(new URL("./", import.meta.url));

/** The package's sources name the built file of a thread's script; the page is built from sources. */
const threadScript: Plugin = {
  name: "thread-script",
  enforce: "pre",
  transform: {
    filter: { id: /page-thread-host\.ts$/ },
    handler: (code) => code.replace("./wasm-thread-page.js", "./wasm-thread-page.ts"),
  },
};

/** Of each of KaTeX's fonts, the one file that every browser which trains here can read. */
const smallFonts: Plugin = {
  name: "small-fonts",
  enforce: "pre",
  transform: {
    filter: { id: /katex.*\.css$/ },
    handler: (code) => code.replaceAll(/,\s*url\([^)]+\.(?:woff|ttf)\)\s*format\([^)]+\)/g, ""),
  },
};

export default defineConfig({
  root: here,
  // Any folder of any host will do: nothing is named from the root.
  base: "./",
  plugins: [threadScript, smallFonts, svelte()],
  worker: { format: "es", plugins: () => [threadScript] },
  resolve: {
    alias: publicEntries,
    conditions: ["evenkeel-source", "browser", "module", "import", "development|production"],
  },
  build: {
    outDir: fileURLToPath(new URL("../dist/lab", import.meta.url)),
    emptyOutDir: true,
    target: "es2024",
    // An inlined file would be a `data:` address, which the server's content policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
  server: {
    host: "127.0.0.1",
    headers: {
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    },
    fs: { allow: [fileURLToPath(new URL("../", import.meta.url))] },
  },
});

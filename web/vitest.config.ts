import type { ViteUserConfig } from "vitest/config";
import { publicEntries } from "./public-entries.ts";

const conditions = ["evenkeel-source", "node", "module", "import", "development|production"];

/** What of the page needs no browser: its own logic, on the package's sources. */
const config: ViteUserConfig = {
  resolve: { alias: publicEntries },
  ssr: { resolve: { conditions, externalConditions: ["node"] } },
  test: {
    name: "lab",
    include: ["src/**/*.test.ts"],
    env: { NODE_OPTIONS: "--conditions=evenkeel-source" },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { requireAssertions: true },
  },
};
export default config;

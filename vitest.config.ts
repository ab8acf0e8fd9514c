import type { ViteUserConfig } from "vitest/config";

/** The package's own `imports` lead to the sources: tests never run what was built earlier. */
const conditions = ["evenkeel-source", "node", "module", "import", "development|production"];

const config: ViteUserConfig = {
  ssr: { resolve: { conditions, externalConditions: ["node"] } },
  test: {
    // Programs that tests start lead there too.
    env: { NODE_OPTIONS: "--conditions=evenkeel-source" },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test that asserts nothing cannot fail.
    expect: { requireAssertions: true },
    projects: [
      { extends: true, test: { name: "unit", include: ["src/**/*.test.ts"] } },
      { extends: true, test: { name: "house", include: ["test/**/*.test.ts"] } },
      // A pattern, not a path: the gates are tested in a house without a page.
      "web/vitest.config.*",
    ],
  },
};
export default config;

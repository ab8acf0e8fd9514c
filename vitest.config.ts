import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = {
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test that asserts nothing cannot fail.
    expect: { requireAssertions: true },
    projects: [
      { extends: true, test: { name: "unit", include: ["src/**/*.test.ts"] } },
      { extends: true, test: { name: "house", include: ["test/**/*.test.ts"] } },
    ],
  },
};
export default config;

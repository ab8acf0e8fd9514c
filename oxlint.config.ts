import type { OxlintConfig, OxlintOverride } from "oxlint";
import { forbiddenTo, nodeRoom, rooms } from "./tooling/rooms.ts";

/** Node's own modules, with and without the prefix that our sources always write. */
const nodeModules = {
  regex: "^node:|^(fs|path|os|url|util|worker_threads|child_process|crypto|process|stream)(/|$)",
  message: "Only src/cli may use Node; the other rooms run in browsers too.",
};

const ownName = {
  regex: "^evenkeel(/|$)",
  message: "Inside the house, import the file itself.",
};

const nodeGlobals = ["process", "Buffer", "global", "require", "module", "__dirname", "__filename"];

const roomOverrides: OxlintOverride[] = Object.keys(rooms).map((room) => ({
  files: [`src/${room}/**/*.ts`],
  excludeFiles: ["**/*.test.ts"],
  rules: {
    "eslint/no-restricted-imports": [
      "error",
      {
        patterns: [
          ...(room === nodeRoom ? [] : [nodeModules]),
          ownName,
          ...forbiddenTo(room).map((other) => ({
            regex: `^(\\.\\./)+${other}/`,
            message: `Room ${room} must not import room ${other}: see tooling/rooms.ts.`,
          })),
        ],
      },
    ],
  },
}));

const config: OxlintConfig = {
  plugins: ["eslint", "typescript", "unicorn", "oxc", "import", "promise", "vitest"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: "error" },
  env: { builtin: true, es2024: true, browser: true, node: true },
  ignorePatterns: ["**/node_modules", "dist", "runs", "coverage", "fixtures", "docs"],
  rules: {
    // Type safety: none of these is ever switched off.
    "typescript/await-thenable": "error",
    "typescript/ban-ts-comment": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/no-unsafe-argument": "error",
    "typescript/no-unsafe-assignment": "error",
    "typescript/no-unsafe-call": "error",
    "typescript/no-unsafe-function-type": "error",
    "typescript/no-unsafe-member-access": "error",
    "typescript/no-unsafe-return": "error",
    "typescript/only-throw-error": "error",
    "typescript/return-await": "error",
    "typescript/switch-exhaustiveness-check": [
      "error",
      { considerDefaultExhaustiveForUnions: true },
    ],
    "typescript/use-unknown-in-catch-callback-variable": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-import-type-side-effects": "error",

    // The house.
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "import/no-default-export": "error",
    "import/no-commonjs": "error",
    "import/no-duplicates": "error",
    "import/no-unassigned-import": ["error", { allow: ["**/*.css"] }],
    "unicorn/filename-case": ["error", { case: "kebabCase" }],
    "unicorn/prefer-node-protocol": "error",
    "eslint/max-lines": ["error", { max: 400 }],
    "eslint/max-lines-per-function": [
      "error",
      { max: 60, skipBlankLines: true, skipComments: true },
    ],
    "eslint/eqeqeq": "error",
    "eslint/curly": ["error", "multi-line"],
    "eslint/no-console": "error",
    "eslint/no-else-return": "error",
    "eslint/no-var": "error",
    "eslint/prefer-const": "error",
    "eslint/no-restricted-globals": ["error", ...nodeGlobals],
    "eslint/no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx", "hack"] }],

    // Vitest's expect takes a message as its second argument.
    "vitest/valid-expect": ["error", { maxArgs: 2 }],

    // Off: the compiler checks that every path returns; without classes no method has a `this`;
    // narrowing `unknown` needs assertions; one epoch waits for the one before; `new Array<number>(n)`
    // cannot be misread; a small helper may stand beside its only use; fast-check is called `fc`;
    // a worker is no window; maps over a dozen things may copy them.
    "typescript/consistent-return": "off",
    "typescript/unbound-method": "off",
    "typescript/no-unsafe-type-assertion": "off",
    "eslint/no-await-in-loop": "off",
    "unicorn/no-new-array": "off",
    "oxc/no-map-spread": "off",
    "unicorn/require-post-message-target-origin": "off",
    "import/no-named-as-default-member": "off",
    "unicorn/consistent-function-scoping": "off",
  },
  overrides: [
    ...roomOverrides,
    {
      // Gradients are mutual: broadcast's is sum, sum's is broadcast. An op names the ops it needs
      // inside functions only, and no file outside the folder may be part of such a cycle.
      files: ["src/graph/ops/*.ts"],
      rules: { "import/no-cycle": "off" },
    },
    {
      files: [
        `src/${nodeRoom}/**/*.ts`,
        "**/*.test.ts",
        "test/**",
        "bench/**",
        "tooling/**",
        "bin/**",
        "*.config.ts",
      ],
      rules: { "eslint/no-restricted-globals": "off" },
    },
    {
      files: ["bench/**", "tooling/**", "bin/**", "test/**"],
      rules: { "eslint/no-console": "off" },
    },
    {
      files: ["src/studies/**", "*.config.ts", "web/*.config.*"],
      rules: { "import/no-default-export": "off" },
    },
    {
      files: ["**/*.test.ts", "test/**"],
      rules: { "eslint/max-lines-per-function": "off" },
    },
  ],
};
export default config;

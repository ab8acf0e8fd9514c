import { describe, expect, test } from "vitest";
import { oneOf, wholeNumber } from "./arguments.ts";
import { UsageError } from "./usage-error.ts";

describe("oneOf", () => {
  const known = ["batchnorm-mnist", "dropout-mnist"] as const;

  test("gives the name itself", () => {
    expect(oneOf("study", "dropout-mnist", known)).toBe("dropout-mnist");
  });

  test.each([
    ["batchnorm-mnst", 'unknown study "batchnorm-mnst", did you mean "batchnorm-mnist"?'],
    ["BATCHNORM-MNIST", 'unknown study "BATCHNORM-MNIST", did you mean "batchnorm-mnist"?'],
    ["dropout", 'unknown study "dropout", known: batchnorm-mnist, dropout-mnist'],
    ["", 'unknown study "", known: batchnorm-mnist, dropout-mnist'],
    ["toString", 'unknown study "toString", known: batchnorm-mnist, dropout-mnist'],
  ])("suggests the nearest name for %j, if one is near", (name, message) => {
    expect(() => oneOf("study", name, known)).toThrow(new UsageError(message));
  });
});

describe("wholeNumber", () => {
  test.each([
    ["1", 1],
    ["007", 7],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ])("reads %s", (text, value) => {
    expect(wholeNumber("--seeds", 1)(text)).toBe(value);
  });

  test.each([
    "0",
    "-1",
    "abc",
    "",
    " 1",
    "1.0",
    "1e3",
    "0x10",
    "9007199254740992",
    "Infinity",
    "１",
  ])("refuses %j", (text) => {
    expect(() => wholeNumber("--seeds", 1)(text)).toThrow(
      new UsageError(`--seeds must be a whole number of at least 1, got "${text}"`),
    );
  });
});

#!/usr/bin/env node
// Plain JavaScript that any Node can read: what is missing is said before anything can break on it.
import { existsSync } from "node:fs";

const command = new URL("../dist/cli/main.js", import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (!existsSync(command)) {
  console.error("evenkeel: not built yet, run `npm ci` (or `npm run build`) first");
  process.exitCode = 1;
} else if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`evenkeel: needs Node 22.12 or newer, got ${process.versions.node}`);
  process.exitCode = 1;
} else {
  await import(command.href);
}

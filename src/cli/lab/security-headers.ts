import type { ServerResponse } from "node:http";

/** Scripts, workers and data come from here alone; charts and formulas carry styles of their own. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A report is one file that needs nothing: it may show itself and run nothing. */
const reportPolicy =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

const common: Readonly<Record<string, string>> = {
  // Together these two isolate the page, so that its threads may share memory.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

export function setSecurityHeaders(response: ServerResponse, kind: "page" | "report"): void {
  for (const [name, value] of Object.entries(common)) response.setHeader(name, value);
  response.setHeader("content-security-policy", kind === "page" ? policy : reportPolicy);
}

/** Which requests the lab answers at all. */
import type { IncomingMessage } from "node:http";

/** Why a request is refused; null if it is not. */
export interface Refusal {
  readonly status: 403 | 405 | 421;
  readonly reason: string;
}

/**
 * Only reading, only under a name of this machine, and only for pages of this server: a page of
 * some other site that the browser is led to cannot read anything through it, whatever name it
 * gave this address (DNS rebinding).
 */
export function refusalOf({ method, headers }: IncomingMessage, port: number): Refusal | null {
  if (method !== "GET" && method !== "HEAD") {
    return { status: 405, reason: "only GET and HEAD are answered here" };
  }
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? "")) {
    return { status: 421, reason: "this server answers for 127.0.0.1 and localhost alone" };
  }
  const { origin } = headers;
  if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`)) {
    return { status: 403, reason: "pages of other origins get no answer here" };
  }
  return null;
}

/** The lab's server: this machine alone, reading alone. */
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import sirv from "sirv";
import { DataError, OptionError } from "../../base/errors.ts";
import { hasCode } from "../atomic-write.ts";
import { answerRoute, type RouteOptions } from "./lab-routes.ts";
import { refusalOf } from "./request-guard.ts";
import { setSecurityHeaders } from "./security-headers.ts";

export interface LabServerOptions extends RouteOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** The built page; defaults to *dist/lab of this package*. */
  readonly page?: string;
}

export interface LabServer {
  /** `http://127.0.0.1:7400/` */
  readonly address: string;
  close(): Promise<void>;
}

/** Above `src/cli/lab` and `dist/cli/lab` alike. */
const builtPage = join(import.meta.dirname, "..", "..", "..", "dist", "lab");

/**
 * Serves the page, the cached data sets and the runs on 127.0.0.1.
 *
 * Errors: DataError if the page was not built; OptionError if the port is taken.
 */
export async function startLabServer(options: LabServerOptions): Promise<LabServer> {
  const { page = builtPage, port } = options;
  if (!existsSync(join(page, "index.html"))) {
    throw new DataError(`lab: the page must be built, got none in ${page} (npm run build)`);
  }
  // Not in `dev` mode: the files are listed once, and nothing else is ever looked up on the disk.
  const files = sirv(page, {
    etag: true,
    setHeaders: (response) => response.setHeader("cache-control", "no-cache"),
  });
  const server = createServer((request, response) => {
    void respond(request, response, { ...options, files, port: portOf(server) });
  });
  await listen(server, port);
  return {
    address: `http://127.0.0.1:${portOf(server)}/`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

interface Site extends RouteOptions {
  readonly port: number;
  readonly files: ReturnType<typeof sirv>;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  site: Site,
): Promise<void> {
  setSecurityHeaders(response, "page");
  const refusal = refusalOf(request, site.port);
  if (refusal !== null) return refuse(response, refusal.status, refusal.reason);
  try {
    const [path = "/"] = (request.url ?? "/").split("?", 1);
    if (await answerRoute(path, [request, response], site)) return;
    site.files(request, response, () => refuse(response, 404, "there is nothing here"));
  } catch {
    // The reader left, or a file did while it was sent: there is nobody to tell, or no way to.
    if (response.headersSent) response.destroy();
    else refuse(response, 500, "this could not be read");
  }
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(`${reason}\n`);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((listening, failed) => {
    server.once("error", (error) => {
      const taken = hasCode(error, "EADDRINUSE", "EACCES");
      const rule = `lab: port must be free, got ${port} (choose another with --port)`;
      failed(taken ? new OptionError(rule, { cause: error }) : error);
    });
    server.listen(port, "127.0.0.1", listening);
  });
}

/** The lab's server: what it answers, and that it answers nothing else. */
import fc from "fast-check";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LabServer, startLabServer } from "../src/cli/lab/lab-server.ts";
import { cacheLocation } from "../src/cli/data-cache.ts";
import { catalog } from "../src/data/catalog.ts";

const folder = mkdtempSync(join(tmpdir(), "evenkeel-lab-server-"));
const [page, runs, cache] = ["page", "runs", "cache"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const secret = "what lies outside";
const labels = "t10k-labels-idx1-ubyte";
const done = '{"type":"done","step":2,"seconds":1,"outcome":"finished"}';
let server: LabServer;
let port = 0;

function write(path: string, text: string): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
}

beforeAll(async () => {
  write(join(page, "index.html"), "<title>the page</title>");
  write(join(page, "assets", "main-1.js"), "export {};");
  write(join(folder, "secret.txt"), secret);
  write(join(cacheLocation(catalog.mnist, cache), labels), "labels");
  write(join(cacheLocation(catalog.mnist, cache), "secret.txt"), secret);
  const about = { study: "s", arm: "plain", seed: 3, scale: { steps: 2 }, data: { name: "mnist" } };
  write(join(runs, "run-1", "run.json"), JSON.stringify(about));
  write(join(runs, "run-1", "events.jsonl"), `{"type":"start","step":0}\n${done}\n`);
  write(join(runs, "run-1", "checkpoint-2.safetensors"), secret);
  const result = { study: "s", title: "A study", verdict: { outcome: "supports", because: "b" } };
  write(join(runs, "study-1", "result.json"), JSON.stringify({ ...result, runs: [{}, {}] }));
  write(join(runs, "study-1", "report.html"), "<h1>report</h1>");
  write(join(runs, "broken", "run.json"), "{");
  symlinkSync(folder, join(runs, "link"));
  server = await startLabServer({ port: 0, page, runs, cache });
  port = Number(new URL(server.address).port);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request as no browser would tidy it up. */
async function ask(
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  return new Promise((replied, failed) => {
    const outgoing = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        replied({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("latin1"),
        }),
      );
    });
    outgoing.on("error", failed).end();
  });
}

describe("the lab's server", () => {
  test("serves the page, isolated and under a strict policy", async () => {
    const { status, headers, body } = await ask("/?room=workbench");
    expect([status, body]).toEqual([200, "<title>the page</title>"]);
    expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
    expect(headers["cross-origin-embedder-policy"]).toBe("require-corp");
    const policy = headers["content-security-policy"] as string;
    expect(policy).toContain("default-src 'none'");
    expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self' 'wasm-unsafe-eval'");
  });

  test("serves the files of data sets that are in the cache, and says which are", async () => {
    expect((await ask(`/data/mnist/${labels}`)).body).toBe("labels");
    expect((await ask("/data/mnist/t10k-images-idx3-ubyte")).status).toBe(404);
    expect((await ask("/data/mnist/secret.txt")).status).toBe(404);
    const states = JSON.parse((await ask("/api/data")).body) as Record<string, boolean>;
    expect(states).toEqual(
      Object.fromEntries(Object.values(catalog).map(({ name }) => [name, false])),
    );
  });

  test("lists runs and studies, and passes over what is neither", async () => {
    const list = JSON.parse((await ask("/api/runs")).body) as {
      runs: readonly object[];
      studies: readonly object[];
    };
    expect(list.runs).toEqual([
      expect.objectContaining({ id: "run-1", arm: "plain", seed: 3, outcome: null, steps: 2 }),
    ]);
    expect(list.studies).toEqual([
      expect.objectContaining({ id: "study-1", verdict: "supports", runs: 2, hasReport: true }),
    ]);
  });

  test("tells a run's events until it is done", async () => {
    const { headers, body } = await ask("/runs/run-1/events");
    expect(headers["content-type"]).toMatch(/^text\/event-stream/);
    expect(body).toBe(
      `data: {"type":"start","step":0}\n\ndata: ${done}\n\nevent: end\ndata: {}\n\n`,
    );
  });

  test("tells events that are written later", async () => {
    const file = join(runs, "run-2", "events.jsonl");
    write(file, '{"type":"start","step":0}\n{"type":"st');
    const reply = ask("/runs/run-2/events");
    await new Promise((waited) => setTimeout(waited, 50));
    writeFileSync(file, `{"type":"start","step":0}\n{"type":"step","step":1}\n${done}\n`);
    expect((await reply).body.split("\n\n").slice(0, 3)).toEqual([
      'data: {"type":"start","step":0}',
      'data: {"type":"step","step":1}',
      `data: ${done}`,
    ]);
  });

  test("shows a report in a sandbox", async () => {
    const { status, headers, body } = await ask("/runs/study-1/report");
    expect([status, body]).toEqual([200, "<h1>report</h1>"]);
    expect(headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none'/);
  });

  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])(
    "answers no %s",
    async (method) => {
      expect((await ask("/", { method })).status).toBe(405);
      expect((await ask("/api/runs", { method })).status).toBe(405);
    },
  );

  test.each([
    [{ host: "evil.example" }, 421],
    [{ host: "127.0.0.1.evil.example" }, 421],
    [{ host: "127.0.0.1" }, 421],
    [{ origin: "http://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: "http://127.0.0.1" }, 403],
  ])("refuses %j", async (headers, status) => {
    expect((await ask("/", { headers })).status).toBe(status);
    expect((await ask("/api/runs", { headers })).status).toBe(status);
  });

  test("answers under both of its names", async () => {
    for (const name of ["127.0.0.1", "localhost"]) {
      const headers = { host: `${name}:${port}`, origin: `http://${name}:${port}` };
      expect((await ask("/", { headers })).status).toBe(200);
    }
  });

  test("refuses a port that is taken, and a page that is not there", async () => {
    await expect(startLabServer({ port, page, runs, cache })).rejects.toThrow(
      `lab: port must be free, got ${port} (choose another with --port)`,
    );
    await expect(startLabServer({ port: 0, page: runs, runs })).rejects.toThrow(
      /^lab: the page must be built, got none in .*\(npm run build\)$/,
    );
  });

  test("gives nothing that lies outside, whatever the path", async () => {
    const known = ["assets", "data", "mnist", "runs", "run-1", "study-1", "api", "events", "link"];
    const files = ["secret.txt", "checkpoint-2.safetensors", "run.json", "index.html", labels];
    const ups = ["..", ".", "", "%2e%2e", "..%2f", "%2e%2e%5c", "..\\", "....//", "%252e%252e"];
    const piece = fc.oneof(
      fc.constantFrom(...known, ...files, ...ups),
      fc.string({ maxLength: 4 }).map((text) => encodeURIComponent(text)),
    );
    const path = fc
      .array(piece, { minLength: 1, maxLength: 7 })
      .map((pieces) => `/${pieces.join("/")}`);
    await fc.assert(
      fc.asyncProperty(path, async (any) => {
        const { status, body } = await ask(any);
        expect(body).not.toContain(secret);
        expect([200, 404]).toContain(status);
      }),
      {
        numRuns: 400,
        examples: [
          ["/../secret.txt"],
          ["/assets/../../secret.txt"],
          ["/runs/link/secret.txt"],
          ["/runs/link/report"],
          ["/runs/../report"],
          ["/runs/run-1/checkpoint-2.safetensors"],
          ["/data/mnist/../../../secret.txt"],
          ["/data/__proto__/constructor"],
          ["/data/mnist/toString"],
          ["/%00"],
        ],
      },
    );
  });
});

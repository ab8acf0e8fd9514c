/** A redis-server of the test's own, on loopback, that keeps what it is told. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createConnection, createServer, type AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

export interface RedisServer {
  readonly address: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** In the middle of whatever it is doing. */
  kill(): Promise<void>;
}

/** Is there a redis-server on this machine? */
export async function hasRedis(): Promise<boolean> {
  const child = spawn("redis-server", ["--version"], { stdio: "ignore" });
  return new Promise((resolve) => {
    child.on("error", () => resolve(false)).on("close", (code) => resolve(code === 0));
  });
}

/** Not started yet; stopped and started again it has what it had, from its append-only file. */
export async function redisServer(folder: string): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess | null = null;
  const options = {
    port,
    bind: "127.0.0.1",
    dir: folder,
    appendonly: "yes",
    appendfsync: "always",
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "close");
    child.kill(signal);
    await ended;
  };
  return {
    address: `redis://127.0.0.1:${port}`,
    async start() {
      child = spawn("redis-server", [...args, "--save", ""], { stdio: "ignore" });
      while (!(await answers(port))) await setTimeout(20);
    },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function answers(port: number): Promise<boolean> {
  const socket = createConnection({ port, host: "127.0.0.1" });
  return new Promise((resolve) => {
    socket.on("connect", () => socket.write("PING\r\n"));
    socket.on("error", () => resolve(false));
    socket.on("data", (bytes) => {
      socket.destroy();
      resolve(bytes.toString().startsWith("+PONG"));
    });
  });
}

/** The native backend's host for tests, where there is one. */
import { openNativeHost } from "../src/cli/native-host.ts";
import { prelude } from "../src/emit/c/prelude.ts";
import type { NativeHost, NativeLibrary } from "../src/run/native-host.ts";

const found = await openNativeHost();
const needed = process.env["EVENKEEL_NEED_NATIVE"] === "1";
if (!("host" in found)) {
  if (needed) throw new Error(`native: ${found.reason}`);
  console.warn(`native tests skipped: ${found.reason}`);
}

/** Null, with the reason printed, where there is no working compiler. */
export const nativeHost: NativeHost | null = "host" in found ? found.host : null;

export interface BatchingHost extends NativeHost {
  /** Compiles everything asked for so far, as one library: starting a compiler per case takes too long. */
  flush(): Promise<void>;
}

/** A host that waits with compiling for `flush`. At another width than the machine's own, if `lanes` says so. */
export function batchingHost(host: NativeHost, lanes: number = host.lanes): BatchingHost {
  const beginning = prelude(lanes);
  let waiting: { source: string; name: string; done: (library: NativeLibrary) => void }[] = [];
  let serial = 0;
  return {
    ...host,
    lanes,
    compile(source) {
      const name = `program${serial++}`;
      if (!source.startsWith(beginning)) throw new Error("batchingHost: no prelude");
      const own = source.slice(beginning.length).replaceAll(/\brun(?=_k|\()/g, name);
      return new Promise((done) => waiting.push({ source: own, name, done }));
    },
    async flush() {
      const batch = waiting;
      waiting = [];
      const library = await host.compile(
        [beginning, ...batch.map(({ source }) => source)].join("\n"),
      );
      for (const { name, done } of batch) done({ ...library, entry: () => library.entry(name) });
    },
  };
}

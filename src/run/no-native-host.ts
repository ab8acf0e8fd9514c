import type { NativeHostResult } from "./native-host.ts";

/** Stands in for the command line's native host where there is no Node: in browsers. */
export function openNativeHost(): Promise<NativeHostResult> {
  return Promise.resolve({ reason: "needs Node", broken: false });
}

import { importPeer } from "./import-peer.ts";
import { jaxEngine } from "./jax-engine.ts";
import type { Jax } from "./jax-types.ts";
import { serve } from "./serve.ts";

await serve(async () => {
  const { module: jax, version } = await importPeer<Jax>("@jax-js/jax");
  return jaxEngine(jax, version);
});

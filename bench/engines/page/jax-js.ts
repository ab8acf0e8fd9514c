import { jaxEngine } from "../jax-engine.ts";
import type { Jax } from "../jax-types.ts";
import { answerWith } from "./answer.ts";

export function startJax(version: string, jax: Jax): void {
  answerWith(() => jaxEngine(jax, version));
}

import { activationOps } from "./activations.ts";
import { compositeOps } from "./composite.ts";
import { convolutionOps } from "./convolution.ts";
import type { OpEntry } from "./op-case.ts";
import { pointwiseOps } from "./pointwise.ts";
import { structureOps } from "./structure.ts";
import { viewOps } from "./views.ts";

/** The op test table: cases and misuses of every op, by the op's name. */
export const opTable: Readonly<Record<string, OpEntry>> = {
  ...pointwiseOps,
  ...structureOps,
  ...viewOps,
  ...compositeOps,
  ...convolutionOps,
  ...activationOps,
};

export type { OpCase, OpEntry, Operand } from "./op-case.ts";

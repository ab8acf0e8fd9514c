export * from "./builder.ts";
export { interpretKernel } from "./interpret.ts";
export type { InterpretOptions, KernelMemory } from "./interpret.ts";
export * from "./ir.ts";
export { printExpr, printIndex, printKernel, printStatement } from "./print.ts";
export { verifyKernel } from "./verify.ts";

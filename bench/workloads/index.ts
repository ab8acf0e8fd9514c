import { w1BatchNorm } from "./w1-bn.ts";
import { w1 } from "./w1.ts";
import type { Workload } from "./workload.ts";

/** Every workload, in the table's order. A new one is a file and a line here. */
export const workloads: readonly Workload[] = [w1, w1BatchNorm];

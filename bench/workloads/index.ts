import { convForward, convInputGradient, convWeightGradient } from "./convolution.ts";
import { gemm } from "./gemm.ts";
import { vggSBatchNorm } from "./vgg-s-bn.ts";
import { vggS } from "./vgg-s.ts";
import { w1BatchNorm } from "./w1-bn.ts";
import { w1 } from "./w1.ts";
import { w2Dropout } from "./w2-dropout.ts";
import { w2 } from "./w2.ts";
import type { Workload } from "./workload.ts";

/** Every workload, in the table's order. A new one is a file and a line here. */
export const workloads: readonly Workload[] = [
  w1,
  w1BatchNorm,
  w2,
  w2Dropout,
  gemm(256),
  gemm(512),
  gemm(1024),
  convForward,
  convInputGradient,
  convWeightGradient,
  vggS,
  vggSBatchNorm,
];

/** What is measured when nothing is asked for: together a few minutes. */
export const usualWorkloads: readonly Workload[] = [w1, w1BatchNorm, w2, w2Dropout];

/** Convolution and pooling layers against PyTorch's values and gradients, on every backend. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { derivatives, input, mul, state, sum, type Value } from "../src/graph/index.ts";
import {
  avgPool2d,
  conv2d,
  maxPool2d,
  memberTree,
  trace,
  type Module,
  type Size2d,
} from "../src/nn/index.ts";
import { backends } from "./backends.ts";
import { largestDifference } from "./close-to.ts";

interface Case {
  readonly name: "conv2d" | "maxPool2d" | "avgPool2d";
  readonly options: {
    readonly stride: Size2d;
    readonly padding: Size2d;
    readonly dilation: number;
    readonly groups: number;
    readonly window: number;
  };
  readonly image: readonly number[];
  readonly kernel: readonly [number, number, number, number] | null;
  readonly x: readonly number[];
  readonly weight: readonly number[] | null;
  readonly bias: readonly number[] | null;
  readonly shape: readonly number[];
  readonly y: readonly number[];
  readonly target: readonly number[];
  readonly dx: readonly number[];
  readonly dweight: readonly number[] | null;
  readonly dbias: readonly number[] | null;
}

const file = new URL("../fixtures/torch-convolution.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly Case[] };

/** Relative to max(1, |expected|); sums of up to 200 products in f32. */
const TOLERANCE = 1e-5;

function layerOf({ name, kernel, image, options }: Case): Module {
  const { stride, padding, dilation, groups, window } = options;
  if (name === "maxPool2d") return maxPool2d(window, { stride, padding });
  if (name === "avgPool2d") return avgPool2d(window, { stride, padding });
  const [high, wide, , out] = kernel!;
  return conv2d(image[3]!, out, [high, wide], { stride, padding, dilation, groups });
}

describe.each(backends.map((backend) => [backend.description, backend] as const))(
  "%s",
  (_, backend) => {
    const named = cases.map(
      (sample) => [`${sample.name} ${JSON.stringify(sample.options)}`, sample] as const,
    );

    test.each(named)("%s", async (_name, sample) => {
      const layer = layerOf(sample);
      const tree = memberTree(layer);
      const x = input("x", sample.image);
      const { output } = trace(layer, x, { phase: "train", tree });
      expect(output.shape).toEqual(sample.shape);
      const loss = sum(mul(output, input("target", sample.shape)));
      const parameters = tree.members.map(({ slot }) => state(slot));
      const gradients = derivatives(loss, [x, ...parameters]);
      const outputs: Record<string, Value> = { y: output };
      ["dx", "dweight", "dbias"].slice(0, gradients.length).forEach((name, i) => {
        outputs[name] = gradients[i]!;
      });
      const session = await backend.open();
      const executable = await session.compile({ outputs, writes: [] });
      tree.members.forEach(({ slot }, i) => session.write(slot, [sample.weight, sample.bias][i]!));
      executable.input("x").set(sample.x);
      executable.input("target").set(sample.target);
      executable.run();
      for (const name of Object.keys(outputs) as ("y" | "dx" | "dweight" | "dbias")[]) {
        expect(largestDifference(executable.output(name), sample[name]!), name).toBeLessThan(
          TOLERANCE,
        );
      }
    });
  },
);

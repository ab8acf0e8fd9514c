import { input } from "evenkeel/graph";
import { initialize, memberTree, streamKey, trace, type Weights } from "evenkeel/nn";
import { reference, wasmBackend } from "evenkeel/run";
import { crossEntropy, evaluate } from "evenkeel/train";
import { describe, expect, test } from "vitest";
import { probabilityOf, testThinnedNet, testThinnedNets } from "./all-thinned-nets.ts";
import { maskDrawer, networkNumber } from "./draw-masks.ts";
import { droppable, keeps, widths } from "./sizes.ts";
import { dropoutPaths, linearPaths, smallData, smallNetwork } from "./small-network.ts";
import { thinnedExperiment, type ThinnedUpdate } from "./thinned-experiment.ts";

test("the masks are those that the model's dropout layers draw", async () => {
  const model = smallNetwork();
  const tree = memberTree(model);
  const x = input("x", [6, widths[0]]);
  const { observations, randomStreams } = trace(model, x, { phase: "train", tree });
  const layers = observations.filter(({ path }) => dropoutPaths.includes(path));
  const outputs = Object.fromEntries(
    layers.flatMap((layer) => [
      [`in ${layer.path}`, layer.input],
      [`out ${layer.path}`, layer.output],
    ]),
  );
  const session = await reference.open();
  const executable = await session.compile({ outputs, writes: [] });
  const weights = initialize(model, 4);
  for (const { path, slot } of tree.members) session.write(slot, weights.get(path)!.data);
  executable.input("x").fill(1.5);
  for (const { input: name, stream } of randomStreams) {
    executable.input(name).set(streamKey(9, stream, 17));
  }
  executable.run();
  const masks = (await maskDrawer(9, 6))(17);
  for (const [layer, path] of dropoutPaths.entries()) {
    const before = executable.output(`in ${path}`);
    const after = executable.output(`out ${path}`);
    const flat = masks[layer]!.flat();
    const expected = flat.map((kept, i) => (kept ? before[i]! / keeps[layer]! : 0));
    expected.forEach((value, i) => expect(after[i]).toBeCloseTo(value, 5));
  }
  expect(masks[0]!.flat().some(Boolean) && masks[1]!.flat().some((kept) => !kept)).toBe(true);
});

describe("the thinned networks", () => {
  test("have probabilities that add up to 1, and numbers of their own", () => {
    const all = Array.from({ length: 2 ** droppable }, (_, number) => probabilityOf(number));
    expect(all.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
    const masks = [
      [[true, false, true, true]],
      [[false, true, false, false, true]],
      [[true, true, false, true]],
    ];
    expect(networkNumber(masks, 0)).toBe(0b1011_10010_1101);
  });

  test("are tested as the engine tests a network without those units", async () => {
    const { test: split } = await smallData();
    const weights = initialize(smallNetwork(), 3);
    const number = 0b1011_10110_1101;
    const keptOf = [0, widths[0], widths[0] + widths[1]].map((from, layer) =>
      Array.from({ length: widths[layer]! }, (_, unit) => ((number >> (from + unit)) & 1) === 1),
    );
    /** The same network with the dropped units' outgoing weights at zero, the others scaled. */
    const thinned: Weights = new Map(
      [...weights].map(([path, tensor]) => {
        const layer = linearPaths.findIndex((name) => path === `${name}.weight`);
        if (layer < 0) return [path, tensor];
        const width = widths[layer + 1]!;
        const data = Float32Array.from(tensor.data, (value, i) =>
          keptOf[layer]![Math.floor(i / width)]! ? value / keeps[layer]! : 0,
        );
        return [path, { ...tensor, data }];
      }),
    );
    const loss = crossEntropy();
    const backend = wasmBackend();
    const found = await evaluate(smallNetwork(), thinned, split, { loss, backend });
    expect(testThinnedNet(weights, number, split)).toBeCloseTo(found.accuracy!, 6);
    const whole = await evaluate(smallNetwork(), weights, split, { loss, backend });
    const all = testThinnedNets(weights, split);
    expect(all.whole).toBeCloseTo(whole.accuracy!, 6);
    expect(all.shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  });
});

test("the experiment says each step's masks and ends with the test of them all", async () => {
  const updates: ThinnedUpdate[] = [];
  const { signal } = new AbortController();
  for await (const update of thinnedExperiment({ seed: 2, steps: 5 }, signal)) updates.push(update);
  const masks = updates.filter((update) => update.type === "masks");
  expect(masks.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  expect(masks.at(-1)?.drawn).toBe(160);
  expect(masks.at(-1)?.distinct).toBeGreaterThan(100);
  expect(updates.at(-1)?.type).toBe("tested");
});

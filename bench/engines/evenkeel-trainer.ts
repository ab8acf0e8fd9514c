import { streamKey } from "../../src/base/random.ts";
import { scalarInput, buildStep } from "../../src/train/build-step.ts";
import { fit } from "../../src/train/fit.ts";
import { sgd } from "../../src/train/sgd.ts";
import {
  batchNorm,
  conv2d,
  crossEntropy,
  dropout,
  flatten,
  linear,
  maxPool2d,
  relu,
  sequential,
  sigmoid,
} from "../../src/nn/index.ts";
import type { Module } from "../../src/nn/index.ts";
import type { Backend } from "../../src/run/backend.ts";
import { MASK_SEED } from "../masks.ts";
import type { NetworkProblem } from "../problem.ts";
import { layerTensors, type Layer, type Network } from "../workloads/workload.ts";
import type { Trainer } from "./engine.ts";

/** Our own library on one of its backends: the same layers and step that `fit` compiles. */
export async function evenkeelTrainer(backend: Backend, problem: NetworkProblem): Promise<Trainer> {
  const { workload } = problem;
  const model = sequential(...workload.layers.map((layer) => moduleOf(layer, workload)));
  const optimizer = sgd({ learningRate: workload.learningRate });
  const step = buildStep(model, crossEntropy(), optimizer, {
    batchSize: workload.batch,
    inputShape: workload.inputShape,
  });
  const session = await backend.open();
  const executable = await session.compile(step.program, { name: workload.name });
  executable.input("x").set(problem.x);
  executable.input("target").set(problem.labels);
  for (const name of step.scalars) {
    executable.input(scalarInput(name))[0] = optimizer.scalars[name]!(0);
  }
  const keys = step.trace.randomStreams.map(({ input, stream }) => ({
    view: executable.input(input),
    stream,
  }));
  let index = 0;
  const slots = layerTensors(workload).map(({ name }) => {
    const member = step.tree.members.find(({ path }) => path === name);
    if (member === undefined) throw new Error(`evenkeel: the model has no tensor ${name}`);
    return { name, slot: member.slot };
  });
  return {
    reset() {
      index = 0;
      for (const { name, slot } of slots) session.write(slot, problem.tensors.get(name)!);
    },
    run(count) {
      for (let i = 0; i < count; i++, index++) {
        // New masks at each step, as in `fit`.
        for (const { view, stream } of keys) view.set(streamKey(MASK_SEED, stream, index));
        executable.run();
      }
    },
    loss: () => executable.output("loss")[0]!,
    tensors: () =>
      new Map(slots.map(({ name, slot }) => [name, Float32Array.from(session.read(slot))])),
    async train(steps, onStep) {
      const { batch, inputShape: shape } = workload;
      const train = { inputs: problem.x, targets: problem.labels, shape, count: batch };
      const loss = crossEntropy();
      const common = { data: { train }, loss, optimizer, batchSize: batch, seed: 1, backend };
      for await (const event of fit(model, { ...common, steps })) {
        if (event.type === "step") onStep(event.step);
        if (event.type === "diverged") throw new Error(`fit: diverged at step ${event.step}`);
      }
    },
  };
}

function moduleOf(layer: Layer, { eps, decay }: Network): Module {
  switch (layer.kind) {
    case "linear":
      return linear(layer.inputs, layer.outputs);
    case "conv2d":
      return conv2d(layer.inputs, layer.outputs, layer.kernel, { padding: layer.kernel >> 1 });
    case "maxPool2d":
      return maxPool2d(layer.size);
    case "flatten":
      return flatten();
    case "dropout":
      return dropout({ rate: layer.rate });
    case "batchNorm":
      return batchNorm(layer.channels, { eps, decay });
    case "sigmoid":
      return sigmoid();
    case "relu":
      return relu();
  }
}

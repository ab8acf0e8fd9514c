import { scalarInput, buildStep } from "../../src/train/build-step.ts";
import { fit } from "../../src/train/fit.ts";
import { sgd } from "../../src/train/sgd.ts";
import { batchNorm, crossEntropy, linear, relu, sequential, sigmoid } from "../../src/nn/index.ts";
import type { Module } from "../../src/nn/index.ts";
import type { Backend } from "../../src/run/backend.ts";
import type { Problem } from "../problem.ts";
import { ends, layerTensors, type Layer, type Workload } from "../workloads/workload.ts";
import type { Trainer } from "./engine.ts";

/** Our own library on one of its backends: the same layers and step that `fit` compiles. */
export async function evenkeelTrainer(backend: Backend, problem: Problem): Promise<Trainer> {
  const { workload } = problem;
  const model = sequential(...workload.layers.map((layer) => moduleOf(layer, workload)));
  const optimizer = sgd({ learningRate: workload.learningRate });
  const step = buildStep(model, crossEntropy(), optimizer, {
    batchSize: workload.batch,
    inputShape: [ends(workload).inputs],
  });
  const session = await backend.open();
  const executable = await session.compile(step.program, { name: workload.name });
  executable.input("x").set(problem.x);
  executable.input("target").set(problem.labels);
  for (const name of step.scalars) {
    executable.input(scalarInput(name))[0] = optimizer.scalars[name]!(0);
  }
  const slots = layerTensors(workload).map(({ name }) => {
    const member = step.tree.members.find(({ path }) => path === name);
    if (member === undefined) throw new Error(`evenkeel: the model has no tensor ${name}`);
    return { name, slot: member.slot };
  });
  return {
    reset() {
      for (const { name, slot } of slots) session.write(slot, problem.tensors.get(name)!);
    },
    run(count) {
      for (let i = 0; i < count; i++) executable.run();
    },
    loss: () => executable.output("loss")[0]!,
    tensors: () =>
      new Map(slots.map(({ name, slot }) => [name, Float32Array.from(session.read(slot))])),
    async train(steps, onStep) {
      const { batch } = workload;
      const shape = [ends(workload).inputs];
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

function moduleOf(layer: Layer, { eps, decay }: Workload): Module {
  switch (layer.kind) {
    case "linear":
      return linear(layer.inputs, layer.outputs);
    case "batchNorm":
      return batchNorm(layer.channels, { eps, decay });
    case "sigmoid":
      return sigmoid();
    case "relu":
      return relu();
  }
}

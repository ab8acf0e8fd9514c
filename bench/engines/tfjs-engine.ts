import { sizeOf, type Shape } from "../../src/base/shape.ts";
import { dropoutMask } from "../masks.ts";
import type { NetworkProblem } from "../problem.ts";
import { ends, layerTensors, shapesOf, type Layer, type Network } from "../workloads/workload.ts";
import type { Engine, Trainer } from "./engine.ts";
import { tfjsCalculator } from "./tfjs-calculator.ts";
import type { Tensor, Tf, Variable } from "./tfjs-types.ts";

/** TensorFlow.js on one of its backends, eager with `tf.train.sgd`. Errors: Error if it does not start. */
export async function tfjsEngine(tf: Tf, backend: string, description: string): Promise<Engine> {
  const started = await tf.setBackend(backend);
  if (!started) throw new Error(`tfjs: its ${backend} backend did not start`);
  await tf.ready();
  return {
    description,
    load: async (problem) => trainer(tf, problem),
    loadOperation: async (problem) => tfjsCalculator(tf, problem),
  };
}

function trainer(tf: Tf, problem: NetworkProblem): Trainer {
  const { workload } = problem;
  const { outputs } = ends(workload);
  const shapes = shapesOf(workload);
  const x = tf.tensor(problem.x, [workload.batch, ...workload.inputShape]);
  const targets = tf.cast(tf.oneHot(tf.tensor1d(problem.labels, "int32"), outputs), "float32");
  const variables = new Map(
    layerTensors(workload).map(({ name, shape, learned }): [string, Variable] => [
      name,
      tf.variable(tf.tensor(problem.tensors.get(name)!, shape), learned),
    ]),
  );
  const learned = layerTensors(workload).flatMap((tensor) =>
    tensor.learned ? [variables.get(tensor.name)!] : [],
  );
  const optimizer = tf.train.sgd(workload.learningRate);
  let loss: Tensor | null = null;
  let masksGiven = false;
  let index = 0;

  function logits(): Tensor {
    return workload.layers.reduce((h, layer, at) => {
      const place = { own: (name: string) => variables.get(`${at}.${name}`)!, shape: shapes[at]! };
      if (layer.kind !== "dropout") return applyLayer(tf, workload, layer, h, place);
      if (!masksGiven) return tf.dropout(h, layer.rate);
      const scale = 1 / (1 - layer.rate);
      const mask = Float32Array.from(dropoutMask(workload, at, index), (kept) => kept * scale);
      return h.mul(tf.tensor(mask, [workload.batch, ...shapes[at]!]));
    }, x);
  }
  const objective = (): Tensor => tf.losses.softmaxCrossEntropy(targets, logits());

  function step(): void {
    tf.dispose(loss);
    loss = tf.tidy(() => tf.keep(optimizer.minimize(objective, true, learned)));
    index++;
  }
  function reset(): void {
    index = 0;
    tf.tidy(() => {
      for (const { name, shape } of layerTensors(workload)) {
        variables.get(name)!.assign(tf.tensor(problem.tensors.get(name)!.slice(), shape));
      }
    });
  }
  async function tensors(): Promise<Map<string, Float32Array>> {
    const read = [...variables].map(async ([name, variable]): Promise<[string, Float32Array]> => [
      name,
      await variable.data(),
    ]);
    return new Map(await Promise.all(read));
  }
  function run(count: number): void {
    // The backend computes as it is called: when the last op returns, the updates are done.
    for (let i = 0; i < count; i++) step();
  }
  const giveMasks = (given: boolean): void => void (masksGiven = given);
  return { reset, run, tensors, giveMasks, loss: async () => (await loss!.data())[0]! };
}

function applyLayer(
  tf: Tf,
  { batch, eps, decay }: Network,
  layer: Exclude<Layer, { kind: "dropout" }>,
  x: Tensor,
  { own, shape }: { readonly own: (name: string) => Variable; readonly shape: Shape },
): Tensor {
  switch (layer.kind) {
    case "linear":
      return tf.matMul(x, own("weight")).add(own("bias"));
    case "conv2d":
      return tf.conv2d(x, own("weight"), 1, "same").add(own("bias"));
    case "maxPool2d":
      return tf.maxPool(x, layer.size, layer.size, "valid");
    case "flatten":
      return tf.reshape(x, [batch, sizeOf(shape)]);
    case "batchNorm": {
      const rows = batch * sizeOf(shape.slice(0, -1));
      const { mean, variance } = tf.moments(
        x,
        shape.map((_, axis) => axis),
      );
      const blend = (name: string, value: Tensor, factor: number): void =>
        own(name).assign(
          own(name)
            .mul(decay)
            .add(value.mul((1 - decay) * factor)),
        );
      blend("mean", mean, 1);
      blend("variance", variance, rows / (rows - 1));
      return tf.batchNorm(x, mean, variance, own("shift"), own("scale"), eps);
    }
    case "sigmoid":
      return tf.sigmoid(x);
    case "relu":
      return tf.relu(x);
  }
}

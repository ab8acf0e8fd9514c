import { fileURLToPath } from "node:url";
import { ends, layerTensors, type Layer, type Workload } from "../workloads/workload.ts";
import type { Problem } from "../problem.ts";
import type { Engine, Trainer } from "./engine.ts";
import { importPeer } from "./import-peer.ts";
import { serve } from "./serve.ts";

/** The part of TensorFlow.js used here. */
interface Tensor {
  add(other: Tensor): Tensor;
  sub(other: Tensor): Tensor;
  mul(other: Tensor | number): Tensor;
  data(): Promise<Float32Array>;
}
interface Variable extends Tensor {
  assign(value: Tensor): void;
  dispose(): void;
}
interface Tf {
  setBackend(name: "wasm"): Promise<boolean>;
  ready(): Promise<void>;
  tidy<Result>(body: () => Result): Result;
  keep(tensor: Tensor): Tensor;
  dispose(tensors: Tensor | null): void;
  tensor(data: Float32Array, shape: readonly number[]): Tensor;
  tensor1d(data: Int32Array, dtype: "int32"): Tensor;
  oneHot(labels: Tensor, depth: number): Tensor;
  cast(x: Tensor, dtype: "float32"): Tensor;
  variable(initial: Tensor, trainable: boolean): Variable;
  matMul(x: Tensor, y: Tensor): Tensor;
  sigmoid(x: Tensor): Tensor;
  relu(x: Tensor): Tensor;
  moments(x: Tensor, axis: number): { mean: Tensor; variance: Tensor };
  batchNorm(
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    shift: Tensor,
    scale: Tensor,
    eps: number,
  ): Tensor;
  readonly losses: { softmaxCrossEntropy(targets: Tensor, logits: Tensor): Tensor };
  readonly train: {
    sgd(learningRate: number): {
      minimize(body: () => Tensor, returnCost: true, variables: Variable[]): Tensor;
    };
  };
}
interface TfWasm {
  setWasmPaths(folder: string): void;
  setThreadsCount(count: number): void;
}

/** TensorFlow.js on its WebAssembly backend: SIMD, one thread, eager with `tf.train.sgd`. */
async function start(): Promise<Engine> {
  const { module: tf, version } = await importPeer<Tf>("@tensorflow/tfjs");
  const backend = await importPeer<TfWasm>("@tensorflow/tfjs-backend-wasm");
  backend.module.setWasmPaths(fileURLToPath(new URL("dist/", backend.directory)));
  backend.module.setThreadsCount(1);
  if (!(await tf.setBackend("wasm"))) throw new Error("tfjs-wasm: its wasm backend did not start");
  await tf.ready();
  return {
    description: `TensorFlow.js ${version}, wasm, SIMD`,
    load: (problem) => Promise.resolve(trainer(tf, problem)),
  };
}

function trainer(tf: Tf, problem: Problem): Trainer {
  const { workload } = problem;
  const { inputs, outputs } = ends(workload);
  const x = tf.tensor(problem.x, [workload.batch, inputs]);
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

  function step(): void {
    tf.dispose(loss);
    loss = tf.tidy(() =>
      tf.keep(
        optimizer.minimize(
          () => {
            const logits = workload.layers.reduce(
              (h, layer, index) =>
                applyLayer(tf, workload, layer, h, (name) => variables.get(`${index}.${name}`)!),
              x,
            );
            return tf.losses.softmaxCrossEntropy(targets, logits);
          },
          true,
          learned,
        ),
      ),
    );
  }
  function reset(): void {
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
  return { reset, run, tensors, loss: async () => (await loss!.data())[0]! };
}

function applyLayer(
  tf: Tf,
  { batch, eps, decay }: Workload,
  layer: Layer,
  x: Tensor,
  own: (name: string) => Variable,
): Tensor {
  switch (layer.kind) {
    case "linear":
      return tf.matMul(x, own("weight")).add(own("bias"));
    case "batchNorm": {
      const { mean, variance } = tf.moments(x, 0);
      const blend = (name: string, value: Tensor, factor: number): void =>
        own(name).assign(
          own(name)
            .mul(decay)
            .add(value.mul((1 - decay) * factor)),
        );
      blend("mean", mean, 1);
      blend("variance", variance, batch / (batch - 1));
      return tf.batchNorm(x, mean, variance, own("shift"), own("scale"), eps);
    }
    case "sigmoid":
      return tf.sigmoid(x);
    case "relu":
      return tf.relu(x);
  }
}

await serve(start);

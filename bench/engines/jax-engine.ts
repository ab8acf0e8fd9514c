import { ends, layerTensors, type Layer, type Network } from "../workloads/workload.ts";
import type { NetworkProblem } from "../problem.ts";
import type { Engine, Trainer } from "./engine.ts";
import { jaxCalculator } from "./jax-calculator.ts";
import type { Jax, JaxArray, JaxArrays } from "./jax-types.ts";

type StepResult = [JaxArray, JaxArrays, JaxArrays];

/** jax-js on its WebAssembly device: one `jit` over value-and-gradient and the SGD update. */
export async function jaxEngine(jax: Jax, version: string): Promise<Engine> {
  const devices = await jax.init("wasm");
  if (!devices.includes("wasm")) {
    throw new Error(`jax-js: needs its wasm device, got ${devices.join(", ")}`);
  }
  jax.defaultDevice("wasm");
  return {
    description: `jax-js ${version}, wasm, jit`,
    load: async (problem) => trainer(jax, problem),
    loadOperation: async (problem) => jaxCalculator(jax, problem),
  };
}

function trainer(jax: Jax, problem: NetworkProblem): Trainer {
  const { workload } = problem;
  const step = compileStep(jax, workload);
  const toArray = (data: Float32Array, shape: readonly number[]): JaxArray =>
    jax.numpy.array(data.slice()).reshape(shape);
  const x = toArray(problem.x, [workload.batch, ends(workload).inputs]);
  const targets = toArray(oneHot(problem), [workload.batch, ends(workload).outputs]);
  let learned: JaxArrays = {};
  let statistics: JaxArrays = {};
  let loss: JaxArray | null = null;

  function reset(): void {
    for (const tensor of Object.values({ ...learned, ...statistics })) tensor.dispose();
    const all = layerTensors(workload);
    const fresh = (wanted: boolean): JaxArrays =>
      Object.fromEntries(
        all
          .filter((tensor) => tensor.learned === wanted)
          .map(({ name, shape }) => [name, toArray(problem.tensors.get(name)!, shape)]),
      );
    learned = fresh(true);
    statistics = fresh(false);
  }
  async function run(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      loss?.dispose();
      [loss, learned, statistics] = step(learned, statistics, x.ref, targets.ref);
    }
    await jax.blockUntilReady([loss, learned, statistics]);
  }
  async function tensors(): Promise<Map<string, Float32Array>> {
    const named = { ...learned, ...statistics };
    const read = layerTensors(workload).map(async ({ name }): Promise<[string, Float32Array]> => [
      name,
      await named[name]!.ref.data(),
    ]);
    return new Map(await Promise.all(read));
  }
  return { reset, run, tensors, loss: async () => (await loss!.ref.data())[0]! };
}

function compileStep(
  jax: Jax,
  workload: Network,
): (learned: JaxArrays, statistics: JaxArrays, x: JaxArray, targets: JaxArray) => StepResult {
  const { numpy: np, nn } = jax;
  function objective(learned: JaxArrays, x: JaxArray, targets: JaxArray): [JaxArray, JaxArrays] {
    const moments: JaxArrays = {};
    const logits = workload.layers.reduce(
      (h, layer, index) =>
        applyLayer(
          jax,
          workload,
          layer,
          h,
          (name) => learned[`${index}.${name}`]!,
          (name, value) => {
            moments[`${index}.${name}`] = value;
          },
        ),
      x,
    );
    const likelihood = np.sum(nn.logSoftmax(logits, -1).mul(targets));
    return [likelihood.mul(-1 / workload.batch), moments];
  }
  const valueAndGradient = jax.valueAndGrad(objective, { hasAux: true });
  return jax.jit(
    (learned: JaxArrays, statistics: JaxArrays, x: JaxArray, targets: JaxArray): StepResult => {
      const kept = mapTensors(learned, (tensor) => tensor.ref);
      const [[loss, moments], gradients] = valueAndGradient(kept, x, targets);
      const moved = mapTensors(learned, (tensor, name) =>
        tensor.sub(gradients[name]!.mul(workload.learningRate)),
      );
      const blended = mapTensors(statistics, (tensor, name) =>
        tensor.mul(workload.decay).add(moments[name]!.mul(1 - workload.decay)),
      );
      return [loss, moved, blended];
    },
  );
}

function applyLayer(
  { numpy: np, nn }: Jax,
  { batch, eps }: Network,
  layer: Layer,
  x: JaxArray,
  own: (name: string) => JaxArray,
  observe: (name: string, value: JaxArray) => void,
): JaxArray {
  switch (layer.kind) {
    case "linear":
      return np.matmul(x, own("weight")).add(own("bias"));
    case "batchNorm": {
      const mean = np.mean(x.ref, 0);
      const deviation = x.sub(mean.ref);
      const variance = np.mean(np.square(deviation.ref), 0);
      observe("mean", mean);
      observe("variance", variance.ref.mul(batch / (batch - 1)));
      const r = np.reciprocal(np.sqrt(variance.add(eps)));
      return deviation.mul(r.mul(own("scale"))).add(own("shift"));
    }
    case "sigmoid":
      return nn.sigmoid(x);
    case "relu":
      return nn.relu(x);
    default:
      throw new Error(`jax-js: this driver has no layer ${layer.kind}`);
  }
}

function mapTensors(
  tensors: JaxArrays,
  map: (tensor: JaxArray, name: string) => JaxArray,
): JaxArrays {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, map(tensor, name)]),
  );
}

function oneHot({ workload, labels }: NetworkProblem): Float32Array {
  const { outputs } = ends(workload);
  const targets = new Float32Array(workload.batch * outputs);
  labels.forEach((label, row) => (targets[row * outputs + label] = 1));
  return targets;
}

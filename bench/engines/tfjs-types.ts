/** The part of TensorFlow.js used here. */
export interface Tensor {
  sum(): Tensor;
  add(other: Tensor): Tensor;
  sub(other: Tensor): Tensor;
  mul(other: Tensor | number): Tensor;
  data(): Promise<Float32Array>;
}
export interface Variable extends Tensor {
  assign(value: Tensor): void;
  dispose(): void;
}
export interface Tf {
  setBackend(name: string): Promise<boolean>;
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
  reshape(x: Tensor, shape: readonly number[]): Tensor;
  dropout(x: Tensor, rate: number): Tensor;
  maxPool(x: Tensor, size: number, strides: number, padding: "valid"): Tensor;
  conv2d(x: Tensor, w: Tensor, strides: number, padding: "same"): Tensor;
  conv2dTranspose(
    dy: Tensor,
    w: Tensor,
    shape: readonly number[],
    strides: number,
    padding: "same",
  ): Tensor;
  grad(body: (x: Tensor) => Tensor): (x: Tensor) => Tensor;
  moments(x: Tensor, axes: readonly number[]): { mean: Tensor; variance: Tensor };
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

export interface TfWasm {
  setWasmPaths(folder: string): void;
  setThreadsCount(count: number): void;
}

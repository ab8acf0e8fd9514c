/** The part of jax-js used here. Passing an array uses it up; `ref` says it is needed again. */
export interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  data(): Promise<Float32Array>;
  dispose(): void;
}

export type JaxArrays = Record<string, JaxArray>;

export interface Jax {
  init(device: "wasm"): Promise<string[]>;
  defaultDevice(device: "wasm"): void;
  blockUntilReady(tree: unknown): Promise<unknown>;
  jit<Arguments extends unknown[], Result>(
    body: (...values: Arguments) => Result,
  ): (...values: Arguments) => Result;
  grad(body: (x: JaxArray) => JaxArray): (x: JaxArray) => JaxArray;
  valueAndGrad(
    body: (learned: JaxArrays, ...rest: JaxArray[]) => [JaxArray, JaxArrays],
    options: { hasAux: true },
  ): (learned: JaxArrays, ...rest: JaxArray[]) => [[JaxArray, JaxArrays], JaxArrays];
  readonly numpy: {
    array(data: Float32Array): JaxArray;
    zeros(shape: readonly number[]): JaxArray;
    matmul(x: JaxArray, y: JaxArray): JaxArray;
    mean(x: JaxArray, axis: number): JaxArray;
    sum(x: JaxArray): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    reciprocal(x: JaxArray): JaxArray;
    square(x: JaxArray): JaxArray;
  };
  readonly lax: {
    /** x [N, C, H, W], w [F, C, KH, KW]. */
    convGeneralDilated(
      x: JaxArray,
      w: JaxArray,
      strides: readonly number[],
      padding: readonly (readonly [number, number])[],
    ): JaxArray;
  };
  readonly nn: {
    sigmoid(x: JaxArray): JaxArray;
    relu(x: JaxArray): JaxArray;
    logSoftmax(x: JaxArray, axis: number): JaxArray;
  };
}

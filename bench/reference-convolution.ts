/** Convolutions in float64, by loops written from the definition; channels last, stride 1. */

export interface Geometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Odd; as many zeros around the image as keep its size. */
  readonly kernel: number;
}

type Numbers = Float64Array | Float32Array;

/** y[to, o] = sum of x[from, i] * w[tap, i, o]. */
export function convolve(x: Numbers, w: Numbers, geometry: Geometry): Float64Array {
  const { batch, height, width, inputs, outputs } = geometry;
  const y = new Float64Array(batch * height * width * outputs);
  eachTap(geometry, (from, to, tap) => {
    for (let i = 0; i < inputs; i++) {
      const value = x[from * inputs + i]!;
      if (value === 0) continue;
      const row = (tap * inputs + i) * outputs;
      for (let o = 0; o < outputs; o++) y[to * outputs + o]! += value * w[row + o]!;
    }
  });
  return y;
}

/** dx[from, i] = sum of dy[to, o] * w[tap, i, o]. */
export function inputGradient(dy: Numbers, w: Numbers, geometry: Geometry): Float64Array {
  const { batch, height, width, inputs, outputs } = geometry;
  const dx = new Float64Array(batch * height * width * inputs);
  eachTap(geometry, (from, to, tap) => {
    for (let i = 0; i < inputs; i++) {
      const row = (tap * inputs + i) * outputs;
      let sum = 0;
      for (let o = 0; o < outputs; o++) sum += dy[to * outputs + o]! * w[row + o]!;
      dx[from * inputs + i]! += sum;
    }
  });
  return dx;
}

/** dw[tap, i, o] = sum of x[from, i] * dy[to, o]. */
export function weightGradient(x: Numbers, dy: Numbers, geometry: Geometry): Float64Array {
  const { inputs, outputs, kernel } = geometry;
  const dw = new Float64Array(kernel * kernel * inputs * outputs);
  eachTap(geometry, (from, to, tap) => {
    for (let i = 0; i < inputs; i++) {
      const value = x[from * inputs + i]!;
      if (value === 0) continue;
      const row = (tap * inputs + i) * outputs;
      for (let o = 0; o < outputs; o++) dw[row + o]! += value * dy[to * outputs + o]!;
    }
  });
  return dw;
}

/** Visits each pair of pixels that a cell of the kernel joins; zeros around the image join none. */
function eachTap(
  { batch, height, width, kernel }: Geometry,
  visit: (from: number, to: number, tap: number) => void,
): void {
  const reach = kernel >> 1;
  for (let n = 0; n < batch; n++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let tap = 0; tap < kernel * kernel; tap++) {
          const fromRow = row + Math.floor(tap / kernel) - reach;
          const fromColumn = column + (tap % kernel) - reach;
          if (fromRow < 0 || fromRow >= height || fromColumn < 0 || fromColumn >= width) continue;
          const to = (n * height + row) * width + column;
          visit((n * height + fromRow) * width + fromColumn, to, tap);
        }
      }
    }
  }
}

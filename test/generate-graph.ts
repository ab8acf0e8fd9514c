/**
 * Random well-typed programs, for tests that hold one way of computing against another: several
 * outputs, a loss with its derivatives (sometimes of second order), and writes to slots.
 */
import fc from "fast-check";
import { uniform } from "../src/base/random.ts";
import { sizeOf, type Shape } from "../src/base/shape.ts";
import {
  add,
  derivatives,
  input,
  mean,
  mul,
  square,
  state,
  sub,
  type Program,
  type Slot,
  type Value,
} from "../src/graph/index.ts";
import type { Entry, Pool, Step } from "./graph-moves.ts";
import { takeStep } from "./graph-steps.ts";

export interface GeneratedProgram {
  readonly program: Program;
  /** For every input the program may name; integers are exact. */
  readonly inputs: Readonly<Record<string, Float32Array | Int32Array | Uint32Array>>;
  /** For every slot the program reads or writes. */
  readonly slots: ReadonlyMap<Slot, Float32Array>;
}

interface Recipe {
  readonly rows: number;
  readonly columns: number;
  readonly width: number;
  readonly steps: readonly Step[];
  readonly seed: number;
  /** Are the data multiples of 1/2, so that there are ties? */
  readonly coarse: boolean;
  /** Does the loss contain its own gradient? */
  readonly nested: boolean;
}

const size = (): fc.Arbitrary<number> => fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 33);
const choice = (): fc.Arbitrary<number> => fc.nat({ max: 255 });

const recipe: fc.Arbitrary<Recipe> = fc.record({
  rows: size(),
  columns: size(),
  width: size(),
  steps: fc.array(fc.record({ move: choice(), a: choice(), b: choice(), c: choice() }), {
    minLength: 1,
    maxLength: 14,
  }),
  seed: fc.nat({ max: 0xffff }),
  coarse: fc.boolean(),
  nested: fc.constantFrom(false, false, false, false, false, false, true),
});

export const generatedProgram: fc.Arbitrary<GeneratedProgram> = recipe.map(cook);

function cook({ rows, columns, width, steps, seed, coarse, nested }: Recipe): GeneratedProgram {
  const slots: Slot[] = [
    { name: "weight", shape: [columns, width], dtype: "f32" },
    { name: "bias", shape: [width], dtype: "f32" },
    { name: "scale", shape: [columns], dtype: "f32" },
  ];
  const x = input("x", [rows, columns]);
  const image = input("image", [2, rows, 3]);
  const labels = input("labels", [rows], "i32");
  const parameters = slots.map(state);
  const start: Pool = {
    entries: [x, image, ...parameters].map((value): Entry => ({ value, bound: 1.5, exact: true })),
    labels,
    classes: width,
    key: input("key", [2], "u32"),
  };
  const data = (shape: Shape, stream: number): Float32Array =>
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
      const number = 3 * uniform(i, [stream, seed]) - 1.5;
      return coarse ? Math.round(2 * number) / 2 : number;
    });
  return {
    program: finish(steps.reduce(takeStep, start), start, slots, parameters, nested),
    inputs: {
      x: data(x.shape, 1),
      image: data(image.shape, 2),
      labels: Int32Array.from({ length: rows }, (_, i) =>
        Math.floor(width * uniform(i, [3, seed])),
      ),
      key: Uint32Array.of(seed, 0x9e3779b9),
    },
    slots: new Map(slots.map((slot, i) => [slot, data(slot.shape, 10 + i)])),
  };
}

/** The last values made become outputs and a loss; its gradients become outputs and updates. */
function finish(
  pool: Pool,
  start: Pool,
  slots: readonly Slot[],
  parameters: readonly Value[],
  nested: boolean,
): Program {
  const made = pool.entries.slice(start.entries.length).slice(-4);
  const last = made.length > 0 ? made : start.entries.slice(0, 1);
  const plain = last.map(({ value }) => mean(square(value))).reduce((a, b) => add(a, b));
  const loss = nested
    ? derivatives(plain, parameters)
        .map((gradient) => mul(mean(square(gradient)), 0.125))
        .reduce((a, b) => add(a, b), plain)
    : plain;
  const targets = [start.entries[0]!.value, ...parameters];
  const gradients = derivatives(loss, targets);
  const updates = gradients.slice(1);
  return {
    outputs: {
      loss,
      dx: gradients[0]!,
      ...Object.fromEntries(last.map(({ value }, i) => [`value${i}`, value])),
    },
    writes: slots.map((slot, i) => {
      return { slot, value: sub(parameters[i]!, mul(updates[i]!, 0.1)) };
    }),
  };
}

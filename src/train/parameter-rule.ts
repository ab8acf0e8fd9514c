import type { Shape } from "../base/shape.ts";

/** What a rule may know of a parameter. */
export interface ParameterInfo {
  /** Its path in the model: `1.scale`. */
  readonly path: string;
  readonly shape: Shape;
}

/** Says of each parameter whether something (weight decay, a penalty, a constraint) acts on it. */
export type ParameterRule = (parameter: ParameterInfo) => boolean;

/** The rule that takes every parameter: PyTorch's, for weight decay. */
export const everyParameter: ParameterRule = () => true;

const SPARED: ReadonlySet<string> = new Set(["bias", "scale", "shift", "table"]);

/**
 * The rule that takes what multiplies inputs, and spares biases, the scale and shift of
 * normalization, and the tables of embeddings: parameters with at least two axes that are not
 * called `bias`, `scale`, `shift` or `table`.
 */
export const weightsOnly: ParameterRule = ({ path, shape }) =>
  shape.length >= 2 && !SPARED.has(lastName(path));

function lastName(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

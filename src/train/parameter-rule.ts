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

const SPARED: ReadonlySet<string> = new Set(["bias", "scale", "shift"]);

/**
 * The rule that takes what multiplies inputs, and spares biases and the scale and shift of
 * normalization: parameters with at least two axes that are not called `bias`, `scale` or `shift`.
 */
export const weightsOnly: ParameterRule = ({ path, shape }) =>
  shape.length >= 2 && !SPARED.has(lastName(path));

function lastName(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

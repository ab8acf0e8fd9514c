/** The small network's sizes, apart from the engine: the page draws with them. */

/** Units per layer: inputs, two hidden layers, classes. */
export const widths: readonly [number, number, number, number] = [4, 5, 4, 3];
/** Of inputs and of each hidden layer, as the paper uses them on MNIST. */
export const keeps: readonly [number, number, number] = [0.8, 0.5, 0.5];
/** How many units can drop. */
export const droppable: number = widths[0] + widths[1] + widths[2];

/** A chunk of its own: the sample's pixels weigh more than the engine. */
export { digitsSample } from "evenkeel/data";

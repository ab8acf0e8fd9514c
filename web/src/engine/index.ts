/** The door of the engine: what chapters and rooms train with. */
export type * from "./protocol.ts";
export { threadsHere, trainArms, type Training } from "./train-arms.ts";

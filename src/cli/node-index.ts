/** `evenkeel` in Node: as in the browser, except that data sets know where to find their files. */
export * from "../nn/index.ts";
export * from "../train/index.ts";
export * from "./node-data.ts";

/** Networks as ONNX files, for every runtime that reads them. */
export { type OnnxOptions, exportOnnx } from "./export-onnx.ts";

import { Command } from "commander";
import { writeFile } from "node:fs/promises";
import { DataError } from "../../base/errors.ts";
import { checkSpec, networkOf } from "../../experiments/index.ts";
import { exportOnnx } from "../../nn/onnx/index.ts";
import { backendNames, selectBackend } from "../../run/select.ts";
import { oneOf } from "../arguments.ts";
import { atomicWrite } from "../atomic-write.ts";
import { type Action, defineCommand } from "../command.ts";
import { addReadOptions, readSpecOf, type ReadOptions } from "../compare/compare-options.ts";
import { loadTable } from "../compare/load-data.ts";
import { loadModel, type SavedModel } from "../compare/model-file.ts";
import { predictTable, type Predictions } from "../compare/predict-table.ts";

interface PredictCommandOptions extends ReadOptions {
  readonly backend: string;
  readonly out?: string;
  readonly onnx?: string;
}

const predict: Action<PredictCommandOptions> = async ({ args, options, output }) => {
  const [folder = "", path] = args;
  const saved = await loadModel(folder);
  const { model, weights } = saved;
  if (options.onnx !== undefined) {
    const network = networkOf(model.subject, model.shape);
    await writeFile(options.onnx, exportOnnx(network, weights, { inputShape: model.shape }));
    output.note(`${options.onnx}: written, for inputs encoded as model.json says`);
  }
  if (path === undefined) {
    if (options.onnx !== undefined) return 0;
    throw new DataError("predict: needs a file of rows, got none");
  }
  const backend = await selectBackend(oneOf("backend", options.backend, backendNames));
  const { encoding } = model;
  const read = { ...kept(model), ...readSpecOf(options) };
  const { read: checked } = checkSpec({ data: path, read }, "predict");
  const table = await loadTable(path, { read: checked }, output, {
    types: Object.fromEntries(encoding.features.map(({ name, kind }) => [name, kind])),
    only: [...encoding.features.map(({ name }) => name), encoding.target.name],
  });
  const predictions = await predictTable(saved, table, backend);
  const { score, values } = predictions;
  if (score !== null) {
    const shown =
      score.measure === "accuracy"
        ? `${(100 * score.value).toFixed(2)} %`
        : score.value.toPrecision(6);
    output.note(
      `${score.measure} over ${score.rows} rows whose ${encoding.target.name} is known: ${shown}`,
    );
  }
  const text = rowsText(predictions, encoding.target.name);
  if (options.out !== undefined) await atomicWrite(options.out, `${text}\n`);
  output.result(
    {
      model: folder,
      arm: model.arm,
      rows: values.length,
      out: options.out ?? null,
      ...predictions,
    },
    options.out === undefined ? text : `${values.length} predictions: ${options.out}`,
  );
  return 0;
};

/** How the training file was read, apart from what names its columns. */
function kept({ read }: SavedModel): object {
  const { ignore: _ignore, types: _types, skipBad: _skipBad, header: _header, ...form } = read;
  return form;
}

function rowsText({ values, probabilities }: Predictions, target: string): string {
  const cell = (text: string): string =>
    /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const heading = probabilities === null ? [target] : [target, "probability"];
  const rows = values.map((value, row) => [
    cell(String(value)),
    ...(probabilities === null ? [] : [probabilities[row]!.toFixed(6)]),
  ]);
  return [heading.map(cell), ...rows].map((row) => row.join(",")).join("\n");
}

export function predictCommand(finish: (code: number) => void): Command {
  const command = new Command("predict")
    .description("predict the rows of a file with the model that a comparison has saved")
    .argument("<model>", "the model's folder")
    .argument("[data]", "a file of rows")
    .option("--out <file>", "where predictions go (default: stdout)")
    .option("--onnx <file>", "also write the network as ONNX")
    .option("--backend <name>", `what computes: ${backendNames.join(", ")}`, "auto");
  return defineCommand(addReadOptions(command), finish, predict);
}

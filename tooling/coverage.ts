/**
 * What each op and each layer is held against, as a page: `docs/coverage.md`.
 *
 *     node tooling/coverage.ts
 *
 * Made of the registries that the tests themselves run over; a test compares the page with them.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { allOps } from "../src/graph/ops/index.ts";
import { exportedLayers, layerCases, onnxCases } from "../test/layer-cases.ts";
import { opTable } from "../test/op-cases/index.ts";
import type { OpCase } from "../test/op-cases/op-case.ts";

const page = new URL("../docs/coverage.md", import.meta.url);

const INTRODUCTION = `# Coverage

Which op and which layer is held against what. This page is made by \`node tooling/coverage.ts\` from the registries that the tests run over; a test fails if it is out of date, if an op has no cases, or if a layer that the library exports has no numbers from elsewhere.

Backends: \`reference\` is the float64 interpreter, which defines what an op means; \`wasm\` is tested with and without fused multiply-add, \`native\` where there is a C compiler, at the machine's vector width and the narrowest.`;

const OPS = `## Ops

- Values: cases whose expected numbers come from a formula that shares no code with the op, on \`reference\`.
- Gradients: the same compared with central differences. Misuses: errors whose class and message are tested.
- \`wasm\`, \`native\`: the same cases, compared with \`reference\`.
- Kind: see \`docs/architecture.md\`. A composite is compiled as what it means in other ops.`;

const LAYER_TEXT = `## Layers

- Golden: numbers that are not ours: PyTorch's own layer, or the paper's formula written a second time; values, gradients, statistics after some steps and the evaluation, each on \`reference\`, \`wasm\` and \`native\` unless the file says otherwise.
- Properties: what must hold for any numbers: invariances, distributions of what is random, folded = unfolded.
- Backends agree: generated shapes and options, forward and backward, \`wasm\` and \`native\` against \`reference\`.
- ONNX: exported networks with the layer, run by \`onnxruntime-web\` and compared with \`predict\`.`;

/** The page as it has to be. */
export function coveragePage(): string {
  return `${[INTRODUCTION, OPS, table(opRows()), LAYER_TEXT, table(layerRows())].join("\n\n")}\n`;
}

function opRows(): string[][] {
  const head = ["op", "kind", "values", "gradients", "misuses", "wasm", "native"];
  const rows = allOps
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, kind }) => {
      const { cases = [], misuses = [] } = opTable[name] ?? {};
      const mark = (holds: boolean): string => (holds ? "yes" : "none");
      const values = cases.length === 0 ? "with its pass" : "yes";
      const slopes = mark(cases.some(isDifferentiable));
      return [`\`${name}\``, kind, values, slopes, mark(misuses.length > 0), values, values];
    });
  return [head, ...rows];
}

function isDifferentiable({ differentiable, operands }: OpCase): boolean {
  return differentiable ?? operands.some(({ dtype }) => dtype === "f32");
}

function layerRows(): string[][] {
  const options = goldenOptions();
  const head = [
    "layer",
    "golden",
    "options in the fixtures",
    "properties",
    "backends agree",
    "ONNX",
  ];
  const rows = exportedLayers()
    .toSorted()
    .map((name) => {
      const known = layerCases[name];
      if (known === undefined) return [`\`${name}\``, "MISSING", "", "", "", ""];
      const { golden, properties, agreement } = known;
      return [
        `\`${name}\``,
        `${golden.by}: ${short(golden.file)}`,
        (options.get(name) ?? []).join("; "),
        properties.map(short).join(", "),
        short(agreement),
        onnxCases(name) > 0 ? "yes" : "none",
      ];
    });
  return [head, ...rows];
}

/** `torch-layers` of `test/torch-layers.test.ts`. */
function short(file: string): string {
  return file.replace(/^.*\//, "").replace(".test.ts", "");
}

/** What the fixtures' cases of a layer are called: names start with the layer's. */
function goldenOptions(): Map<string, string[]> {
  const options = new Map<string, string[]>();
  for (const fixture of ["torch-layers", "torch-embedding"]) {
    const file = new URL(`../fixtures/${fixture}.json`, import.meta.url);
    const { cases } = JSON.parse(readFileSync(file, "utf8")) as {
      readonly cases: readonly { readonly name: string }[];
    };
    for (const { name } of cases) {
      const [layer = "", ...rest] =
        fixture === "torch-embedding" ? ["embedding", name] : name.split(" ");
      options.set(layer, [...(options.get(layer) ?? []), rest.join(" ") || "defaults"]);
    }
  }
  return options;
}

/** A table with its columns aligned. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, coveragePage());

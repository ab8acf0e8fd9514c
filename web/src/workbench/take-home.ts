/** The plan as programs and files to go on with elsewhere. */
import type { DataSpec, OptimizerSpec } from "../engine/index.ts";
import type { DataShape } from "./data-catalogue.ts";
import type { Plan } from "./plan.ts";
import { printPlan } from "./plan-address.ts";

/** One arm as a program, or a comment saying why there is none. */
export async function programOf(plan: Plan, arm: number, shape: DataShape | null): Promise<string> {
  if (shape === null) return "// Choose your data first.";
  const { checkArm } = await import("./check-arm.ts");
  const report = await checkArm(plan.arms[arm]!, shape, plan.batchSize);
  if (report.error === null) return printProgram(plan, arm, report);
  return `// Layer ${report.error.layer + 1}: ${report.error.message}`;
}

interface Comparison {
  /** The specification's JSON, or a line saying why there is none. */
  readonly specification: string;
  /** What to type in a terminal. */
  readonly command: string;
  readonly differences: readonly string[];
}

/** The plan as `evenkeel compare` takes it. */
export async function comparisonOf(plan: Plan): Promise<Comparison> {
  const { specificationOf } = await import("./specification.ts");
  try {
    const { spec, differences } = specificationOf(plan);
    return {
      specification: `${JSON.stringify(spec, null, 2)}\n`,
      command: "npx evenkeel compare spec.json --backend wasm",
      differences,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      specification: `// There is none of this plan: ${reason}`,
      command: `npx evenkeel lab --at "${printPlan(plan)}"`,
      differences: [`This opens the page again; it is no comparison, because ${reason}.`],
    };
  }
}

/** Layers as `checkArm` gives them: each as a call, and the names all of them need. */
interface Calls {
  readonly calls: readonly string[];
  readonly names: readonly string[];
}

/** One arm as a program of the library. */
function printProgram(plan: Plan, arm: number, { calls, names }: Calls): string {
  const { optimizer } = plan.arms[arm]!;
  const { imports, expression } = dataCode(plan.data, calls);
  const changes = plan.changes.filter((change) => change.arm === undefined || change.arm === arm);
  return [
    `import { ${[...new Set([...names, "sequential"])].toSorted().join(", ")} } from "evenkeel/nn";`,
    `import { crossEntropy, fit, ${optimizer.kind} } from "evenkeel/train";`,
    `import { ${imports} } from "evenkeel/data";`,
    "",
    "const model = sequential(",
    ...calls.map((call) => `  ${call},`),
    ");",
    "const run = fit(model, {",
    `  data: ${expression},`,
    "  loss: crossEntropy(),",
    `  optimizer: ${optimizerCode(optimizer)},`,
    `  steps: ${plan.steps},`,
    `  batchSize: ${plan.batchSize},`,
    `  seed: ${plan.seed},`,
    "});",
    ...changes.map((change) => `// After ${change.step} steps: ${JSON.stringify(change)}`),
    "for await (const event of run) {",
    '  if (event.type === "evaluation") console.log(event.step, event.result);',
    "}",
    "",
  ].join("\n");
}

function optimizerCode({ kind, ...options }: OptimizerSpec): string {
  const fields = Object.entries(options).map(([name, value]) => `${name}: ${value}`);
  return `${kind}({ ${fields.join(", ")} })`;
}

function dataCode(
  data: DataSpec,
  calls: readonly string[],
): { readonly imports: string; readonly expression: string } {
  const images = calls.some((call) => call.startsWith("conv2d"));
  const shape = images ? "{ shape: [28, 28, 1] }" : "";
  switch (data.name) {
    case "digits-sample":
      return { imports: "digitsSample", expression: `await digitsSample(${shape})` };
    case "two-moons":
    case "gaussian-blobs": {
      const { name, ...options } = data;
      const make = name === "two-moons" ? "twoMoons" : "gaussianBlobs";
      return { imports: make, expression: `await ${make}(${literal(options)})` };
    }
    case "own":
      return {
        imports: "readTable, tableDataset",
        expression: 'await tableDataset(await readTable(bytes), { target: "…" })',
      };
    default: {
      const { name, train, test } = data;
      const make = { mnist: "mnist", "fashion-mnist": "fashionMnist", cifar10: "cifar10" }[name];
      const flat = name === "cifar10" ? (images ? "" : "{ shape: [3072] }") : shape;
      return {
        imports: `${make}, take`,
        expression: `await take(await ${make}(${flat}), ${literal({ train, test })})`,
      };
    }
  }
}

function literal(options: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(options).filter(([, value]) => value !== undefined);
  return `{ ${fields.map(([name, value]) => `${name}: ${String(value)}`).join(", ")} }`;
}

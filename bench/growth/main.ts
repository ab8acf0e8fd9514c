/**
 * `npm run bench:growth`: how our step's time grows with batch, width, depth and image size, and
 * how long the first step of VGG-S with BatchNorm takes to compile, cold and warm.
 * Writes growth.json and growth.md beside the other results.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { selectBackend } from "../../src/run/select.ts";
import { wasmBackend } from "../../src/run/wasm.ts";
import type { Backend } from "../../src/run/backend.ts";
import { evenkeelTrainer } from "../engines/evenkeel-trainer.ts";
import { describeMachine } from "../machine.ts";
import { makeProblem } from "../problem.ts";
import { median } from "../report.ts";
import { usefulFlops } from "../workloads/workload.ts";
import { compileTimes, type CompileTime } from "./compile-times.ts";
import { growthOf, type Growth, type Point } from "./fit.ts";
import { sweeps, type Sweep } from "./sweeps.ts";

const ROUNDS = 7;
/** Of one size in one round. */
const SECONDS = 0.03;

interface Row extends Growth {
  readonly sweep: string;
  readonly backend: string;
  readonly points: readonly Point[];
}

/** All sizes in turn, round after round, so that what else the machine does meets all alike. */
async function measure(sweep: Sweep, backend: Backend): Promise<Row> {
  const entries = await Promise.all(
    sweep.sizes.map(async (size) => {
      const network = sweep.network(size);
      const trainer = await evenkeelTrainer(backend, makeProblem(network));
      await trainer.reset();
      return { size, trainer, flops: usefulFlops(network), times: [] as number[] };
    }),
  );
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { trainer, times } of entries) {
      let count = 0;
      const start = performance.now();
      do {
        await trainer.run(1);
        count++;
      } while (performance.now() - start < SECONDS * 1000);
      // The first round warms up.
      if (round > 0) times.push((performance.now() - start) / count);
    }
  }
  const points = entries.map(({ size, flops, times }) => ({
    size,
    flops,
    milliseconds: median(times),
  }));
  return { sweep: sweep.name, backend: backend.name, points, ...growthOf(points) };
}

function report(rows: readonly Row[], compile: readonly CompileTime[], heading: string): string {
  const growth = rows.map(({ sweep, backend, points, exponent, cliff }) => {
    const { what, sizes } = sweeps.find(({ name }) => name === sweep)!;
    const [first, last] = [points[0]!, points.at(-1)!];
    const cells = [
      `${sweep} ${sizes[0]} … ${sizes.at(-1)} (${what})`,
      backend,
      `${first.milliseconds.toPrecision(3)} … ${last.milliseconds.toPrecision(3)}`,
      exponent.toFixed(2),
      `${cliff.ratio.toFixed(2)} (${cliff.from} to ${cliff.to})`,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const times = compile.map(
    ({ backend, cache, milliseconds }) => `| ${backend} | ${cache} | ${Math.round(milliseconds)} |`,
  );
  return `# How cost grows

${heading}

Time of a whole training step against its useful floating-point operations: exponent 1 is time in
proportion to work, below 1 fixed costs that large sizes share. The worst step is how many times
more an operation costs at a size than at the one before it.

| what grows | backend, 1 thread | ms | exponent | worst step to the next size |
| --- | --- | --: | --: | --: |
${growth.join("\n")}

## From a model to the first step: VGG-S with BatchNorm, batch 128

Trace, compile and load, in a fresh process each time.

| backend | cache | ms (median) |
| --- | --- | --: |
${times.join("\n")}
`;
}

const scratch = mkdtempSync(join(tmpdir(), "evenkeel-growth-"));
try {
  const native = await selectBackend("auto");
  const backends = [wasmBackend(), ...(native.name === "native" ? [native] : [])];
  const rows: Row[] = [];
  for (const backend of backends) {
    for (const sweep of sweeps) {
      process.stderr.write(`${backend.name}: ${sweep.name} ...\n`);
      rows.push(await measure(sweep, backend));
    }
  }
  process.stderr.write("compile times ...\n");
  const compile = await compileTimes(
    backends.map(({ name }) => name),
    scratch,
  );
  const machine = describeMachine();
  const date = new Date().toISOString();
  const heading = `${Object.values(machine).join(", ")}; ${date.slice(0, 10)}.`;
  const text = report(rows, compile, heading);
  const out = fileURLToPath(new URL("..", import.meta.url));
  const results = { format: 1, date, machine, growth: rows, compile };
  writeFileSync(join(out, "growth.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(out, "growth.md"), text);
  process.stdout.write(text);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

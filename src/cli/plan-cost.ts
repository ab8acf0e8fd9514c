import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import { planStudy } from "../experiments/index.ts";
import type { Backend } from "../run/backend.ts";
import { diskRunStore } from "./disk-run-store.ts";
import type { Output } from "./output.ts";
import { packageVersion } from "./package-version.ts";
import { projectStudy } from "./project-study.ts";
import { numbersOf, repeatCommand, type RunRequest } from "./run-request.ts";
import type { PlannedCost } from "./show-projection.ts";

/** A few steps of every arm, and what all would take. */
export async function planCost(
  request: RunRequest,
  data: Dataset,
  backend: Backend,
  output: Output,
): Promise<PlannedCost> {
  const finished = await countFinished(request, data, backend);
  const projection = await projectStudy(request, data, backend, (arm) =>
    output.note(`${request.study.id}: trying ${arm}`),
  );
  return { request, finished, projection };
}

/** How many of a request's runs are finished in its folder: they would not be trained again. */
async function countFinished(
  request: RunRequest,
  data: Dataset,
  backend: Backend,
): Promise<number> {
  const { study, preset, options } = request;
  const runs = await planStudy(study, {
    preset,
    ...numbersOf(options),
    data,
    backend,
    store: diskRunStore(options.out),
    version: packageVersion(),
    command: repeatCommand(request),
  });
  const results = runs.map(({ id }) =>
    stat(join(options.out, id, "result.json")).then(
      () => 1,
      () => 0,
    ),
  );
  return (await Promise.all(results)).reduce<number>((sum, one) => sum + one, 0);
}

import { Command } from "commander";
import { catalog } from "../../data/catalog.ts";
import { packageName } from "../catalog-names.ts";
import { cacheState } from "../data-cache.ts";
import { type Action, defineCommand } from "../command.ts";
import { textTable } from "../text-table.ts";
import { showBytes } from "../units.ts";

const list: Action<object> = async ({ output }) => {
  const data = await Promise.all(
    Object.values(catalog).map(async (entry) => ({
      name: entry.name,
      about: entry.about,
      package: packageName(entry),
      downloadBytes: entry.package?.bytes ?? null,
      cache: await cacheState(entry),
    })),
  );
  const rows = data.map(({ name, cache, downloadBytes, about }) => [
    name,
    cache.state === "complete"
      ? `cached, ${showBytes(cache.bytes)}`
      : `${cache.state}, ${downloadBytes === null ? "needs --from" : `${showBytes(downloadBytes)} to fetch`}`,
    about,
  ]);
  output.result({ data }, textTable([["name", "state", "what it is"], ...rows]));
  return 0;
};

export function dataListCommand(finish: (code: number) => void): Command {
  const command = new Command("list").description(
    "list the data sets and say which are in the cache",
  );
  return defineCommand(command, finish, list);
}

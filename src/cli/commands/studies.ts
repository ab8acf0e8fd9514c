import { Command } from "commander";
import { studies } from "../../studies/index.ts";
import { type Action, defineCommand } from "../command.ts";
import { showCount } from "../units.ts";

const list: Action<object> = async ({ output }) => {
  const listed = studies.map(({ id, title, question, claim, source, data, protocol }) => ({
    id,
    title,
    question,
    claim,
    source,
    data: data.name,
    arms: protocol.arms,
    presets: protocol.presets,
  }));
  const texts = listed.map(({ id, question, source, data, arms, presets }) => {
    const sizes = Object.entries(presets).map(
      ([name, { steps, seeds }]) => `${name} ${showCount(steps)} steps x ${seeds} seeds`,
    );
    return [
      output.strong(id),
      `  ${question}`,
      `  ${source.authors} ${source.year}, ${source.place} (${source.id}); data: ${data}`,
      `  arms: ${arms.map((arm) => arm.label).join("; ")}`,
      `  presets: ${sizes.join("; ")}`,
    ].join("\n");
  });
  output.result({ studies: listed }, texts.join("\n\n"));
  return 0;
};

export function studiesCommand(finish: (code: number) => void): Command {
  const command = new Command("studies").description("list the studies that can be run");
  return defineCommand(command, finish, list);
}

import type { Command } from "commander";
import { completionScripts, type Verb } from "../completion-scripts.ts";
import { Failure } from "../failure.ts";
import { type CommonOptions, type Terminal, outJson } from "../terminal.ts";

/** `program` is the whole of the commands, which the completion is written from. */
export async function completion(terminal: Terminal, shell: string, options: CommonOptions & { program: Command }): Promise<number> {
  const write = Object.hasOwn(completionScripts, shell) ? completionScripts[shell as keyof typeof completionScripts] : undefined;
  if (!write) throw new Failure("usage", `there is no completion for "${shell}"`, `The shells are ${Object.keys(completionScripts).join(", ")}.`);
  const script = write(verbs(options.program));
  if (options.json) outJson(terminal, { shell, script });
  else terminal.out(script);
  return 0;
}

/** Every command that can be called, `admin reset` by both its words. */
function verbs(program: Command, before = ""): Verb[] {
  return program.commands.flatMap((command) => {
    const words = `${before}${command.name()}`;
    const own = { words, description: command.description(), options: command.options.map((option) => option.long ?? option.short ?? ""), values: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []) };
    return [own, ...verbs(command, `${words} `)];
  });
}

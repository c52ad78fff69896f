/** An option whose value was left out must not take the option after it: `up --data --json` would make a directory of that name. */
import type { Command, Option } from "commander";

export interface MissingValue {
  message: string;
  fix: string;
}

/** Null where each option of the command that wants a value has one. `words` are those after the command's name. */
export function missingValue(command: Command, words: readonly string[], help: string): MissingValue | null {
  for (let index = 0; index < words.length && words[index] !== "--"; index++) {
    const option = command.options.find((each) => each.required && isNamed(each, words[index]));
    if (option === undefined) continue;
    const value = words[++index];
    if (value !== undefined && isOption(command, value)) return { message: `option '${option.flags}' argument missing: ${value} is an option`, fix: `${help}. A value that begins so is written ${withValue(option, value)}` };
  }
  return null;
}

/** One hyphen alone begins values too: the negated term of a query, a token. */
function isOption(command: Command, word: string): boolean {
  return word === "-h" || /^--\S/.test(word) || command.options.some((option) => isNamed(option, word));
}

function isNamed({ short, long }: Option, word: string | undefined): boolean {
  return word !== undefined && (word === short || word === long);
}

function withValue({ long, flags }: Option, value: string): string {
  return `${long ?? flags}=${value}`;
}

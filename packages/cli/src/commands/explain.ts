import { isProblemCode, problemEntry, problems } from "@parley/contract/problems/table";
import { Failure } from "../failure.ts";
import { type CommonOptions, type Terminal, outJson } from "../terminal.ts";

export async function explain(terminal: Terminal, code: string | undefined, options: CommonOptions): Promise<number> {
  if (code === undefined) {
    const all = Object.entries(problems).map(([name, entry]) => ({ code: name, title: entry.title }));
    if (options.json) outJson(terminal, { codes: all });
    else terminal.out(all.map((entry) => `${entry.code.padEnd(28)} ${entry.title}\n`).join(""));
    return 0;
  }
  if (!isProblemCode(code)) throw await unknownCode(code);
  const entry = problemEntry(code);
  if (options.json) outJson(terminal, { code, ...entry });
  else terminal.out(page(code, entry));
  return 0;
}

function page(code: string, entry: ReturnType<typeof problemEntry>): string {
  const status = entry.status === 0 ? "" : ` (HTTP status ${entry.status})`;
  const example = entry.example === undefined ? "" : `\nExample:\n${entry.example.replaceAll(/^/gm, "  ")}\n`;
  return `${code}: ${entry.title}${status}\n\nCause:\n  ${entry.cause}\n\nFix:\n  ${entry.fix}\n${example}`;
}

async function unknownCode(code: string): Promise<Failure> {
  const { nearest } = await import("@parley/config");
  const near = nearest(code, Object.keys(problems));
  return new Failure("unknown-code", `there is no problem code "${code}"`, near === null ? "`./parley explain` lists all of them." : `Did you mean "${near}"?`);
}

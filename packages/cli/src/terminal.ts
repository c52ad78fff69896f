import { inertJson } from "./inert-text.ts";

/** What a command may use of the world: its environment and its two streams. */
export interface Terminal {
  environment: NodeJS.ProcessEnv;
  /** Results; with --json one JSON document, or one a line where it goes on. */
  out(text: string): void;
  /** Everything that is said about the results. */
  error(text: string): void;
  /** Whether escape sequences for colour make sense. */
  colour: { out: boolean; error: boolean };
}

export function processTerminal(): Terminal {
  const colour = (stream: NodeJS.WriteStream): boolean => stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
  return {
    environment: process.env,
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    colour: { out: colour(process.stdout), error: colour(process.stderr) },
  };
}

/** Every command has these. */
export interface CommonOptions {
  json?: boolean;
}

export function outJson(terminal: Terminal, value: unknown): void {
  terminal.out(`${inertJson(JSON.stringify(value, null, 2))}\n`);
}

/**
 * The parley command. A command is a call of the admin API, or something about this machine alone (starting, checking a
 * file); it has no logic of its own. Imports the contract, the configuration reader and the supervisor, each only when a
 * command needs it, so that the first output comes at once.
 */
import { runCommand } from "./program.ts";
import { processTerminal } from "./terminal.ts";

// Somebody who reads the first lines only (`parley calls | head`) ends the command, and that is no error. What carries calls for others
// goes on, whoever has stopped reading its log.
const goesOn = process.argv[2] === "up";
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (!goesOn) process.exit(error.code === "EPIPE" ? 0 : 1);
  });
}

process.exit(await runCommand(process.argv.slice(2), processTerminal()));

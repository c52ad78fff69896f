/**
 * Loads every module that Parley runs on once, so that Node keeps them as compiled (NODE_COMPILE_CACHE says where). A process
 * that finds them there starts in half the time and never loads the compiler that strips types, which would stay
 * resident: some 30 MiB for each process that had to compile.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { gatewayNodeArguments } from "../packages/supervisor/src/gateway-node-arguments.ts";

/** Each loads all that it is made of, finds that it was given nothing to do, and ends. */
const programs = [
  [...gatewayNodeArguments, "packages/gateway/src/main.ts"],
  ["packages/control/src/main.ts"],
  ["packages/stores/src/embedded/ledger/thread.ts"],
  ["packages/cli/src/commands/up.ts"],
  ["packages/cli/src/main.ts", "up", "--help"],
];
const home = fileURLToPath(new URL("..", import.meta.url));

for (const program of programs) {
  await once(spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...program], { cwd: home, stdio: "ignore", timeout: 30_000 }), "exit");
}

/**
 * The control plane's process. The supervisor starts it with its options (`ControlProcessOptions`, as one JSON argument or on
 * standard input), secrets in the environment, and an IPC channel. By hand, for development:
 *
 *   PARLEY_ADMIN_TOKEN=0123456789abcdef node packages/control/src/main.ts \
 *     '{"host":"127.0.0.1","port":8081,"data":"/tmp/parley-dev","file":null,"gatewayUrl":"http://127.0.0.1:8080"}'
 *
 * Without IPC it logs the sign-in link and the first key instead of sending them. The data directory is made if need be.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ConfigFile } from "@parley/config";
import { takeGiven } from "@parley/contract/given-options";
import type { ChildMessage, ControlProcessOptions, SupervisorMessage } from "@parley/contract/processes";
import { whenSupervisorIsGone } from "@parley/contract/supervisor-gone";
import { createLog } from "./log.ts";
import { startControlProcess, type ControlProcess } from "./main/control-process.ts";
import { StartError } from "./main/start-error.ts";

// Whatever is written, by us or by an engine's library, is for this user alone.
process.umask(0o077);
const log = createLog(process.env["PARLEY_LOG_LEVEL"] ?? "info");

function tell(message: ChildMessage): void {
  // A supervisor that goes away at this moment is noticed by `disconnect`, which drains.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  else if (message.type === "first-run") log.info({ signInUrl: message.signInUrl, firstKey: message.key }, "nobody can sign in yet; this link lets the first person in");
}

function drainWhenAsked(control: ControlProcess): void {
  let draining = false;
  const drain = (why: string): void => {
    if (draining) return;
    draining = true;
    log.info({ why }, "draining");
    control.drain().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "draining failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => drain("SIGTERM"));
  process.on("SIGINT", () => drain("SIGINT"));
  process.on("message", (message: SupervisorMessage) => {
    if (message.type === "drain") drain("asked by the supervisor");
  });
  whenSupervisorIsGone(() => drain("the supervisor is gone"));
}

/** The supervisor has its settings from the one reading; where it comes to none, it reads the file itself and finds out why. */
function readAhead(file: ConfigFile): void {
  file.readAhead((data) => tell({ type: "expected-data", data })).then(
    ({ config, diagnostics }) => tell({ type: "read", config: config && { gateway: config.gateway, admin: config.admin, data: config.data }, diagnostics }),
    () => process.exit(1),
  );
}

async function main(): Promise<void> {
  const ahead: { file: ConfigFile | null } = { file: null };
  const given = await takeGiven<ControlProcessOptions>(process.argv[2], process.stdin, (expected) => {
    if (expected.file === undefined) return;
    ahead.file = new ConfigFile(expected.file, process.env);
    readAhead(ahead.file);
  });
  if (given === null) process.exit(0);
  const { options, isFirst } = given;
  Object.assign(process.env, given.environment);
  const version = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;
  const consoleFolder = fileURLToPath(new URL("../../console/dist", import.meta.url));
  const documentationFolder = fileURLToPath(new URL("../../../docs", import.meta.url));
  const control = await startControlProcess(options, { environment: process.env, consoleFolder, documentationFolder, version, now: Date.now, log, isFirst, file: ahead.file });
  drainWhenAsked(control);
  // Before `ready`, at which the supervisor greets people and shows them the link.
  if (control.firstRun) tell({ type: "first-run", ...control.firstRun });
  tell({ type: "ready", port: control.port, documents: control.documents });
  log.info({ port: control.port, data: options.data, file: options.file }, "the control plane serves");
}

main().catch((error: unknown) => {
  const code = error instanceof StartError ? error.code : "internal-error";
  const diagnostics = error instanceof StartError ? error.diagnostics : undefined;
  // What is wrong with the configuration the supervisor shows, with the lines that are wrong.
  if (diagnostics === undefined || !process.connected) log.fatal({ err: error, code }, "the control plane cannot start");
  const message: ChildMessage = { type: "fatal", code, message: error instanceof Error ? error.message : String(error), ...(diagnostics === undefined ? {} : { diagnostics }) };
  // What was opened before the failure would keep the process alive.
  if (process.connected) process.send?.(message, () => process.exit(1));
  else process.exit(1);
});

/**
 * A stand-in for either plane, to try the supervisor on: it listens on its port, says that it is ready, and misbehaves
 * as PARLEY_STAND_IN says: `fatal` before it is ready, `mistaken` about its configuration, `full` its disk, `dies` at once, `deaf` to draining; `slow` drains in 300 ms.
 */
import { optionsFollow, takeGiven } from "@parley/contract/given-options";
import type { ChildMessage, ControlProcessOptions, GatewayProcessOptions } from "@parley/contract/processes";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

// `ahead:dies`: whatever was started before it is known what it is; `ahead:unread`: once it is to read the configuration; `ahead:stuck` reads it for ever.
if (process.env["PARLEY_STAND_IN"] === "ahead:dies" && process.argv[2] === optionsFollow) process.exit(3);
const given = await takeGiven<GatewayProcessOptions | ControlProcessOptions>(process.argv[2], process.stdin, ({ file }) => {
  if (file !== undefined) void readSettings(file);
});
if (given === null) process.exit(0);
Object.assign(process.env, given.environment);
const { options } = given;
const plane = "worker" in options ? "gateway" : "control";
const behaviour = (process.env["PARLEY_STAND_IN"] ?? "").split(",").find((entry) => entry.startsWith(`${plane}:`))?.slice(plane.length + 1);

function tell(message: ChildMessage): void {
  process.send?.(message);
}

/** As a control plane that has no options yet. The token says who has read the file. */
async function readSettings(file: string): Promise<void> {
  if (process.env["PARLEY_STAND_IN"] === "ahead:unread") process.exit(3);
  if (process.env["PARLEY_STAND_IN"] === "ahead:stuck") return void process.stderr.write("it is stuck\n");
  const { readConfigFile } = await import("@parley/config");
  const { config, diagnostics } = await readConfigFile(file, process.env);
  tell({ type: "read", config: config && { gateway: config.gateway, admin: { ...config.admin, token: "read-by-the-stand-in" }, data: config.data }, diagnostics });
}

/** What the tests read: the order in which things happened. */
function log(event: string): void {
  appendFileSync(join(options.data, "events.log"), `${plane} ${event}\n`);
}

process.on("disconnect", () => process.exit(1));
process.on("message", () => {
  log("drain");
  if (behaviour === "deaf") return;
  setTimeout(() => {
    log("end");
    process.exit(0);
  }, behaviour === "slow" ? 300 : 0);
});

if (behaviour === "dies") process.exit(3);
if (behaviour === "mistaken") {
  tell({ type: "fatal", code: "config-document", message: "the file has errors", diagnostics: [{ code: "config-document", severity: "error", message: "notes.yaml is no document", pointer: "/services/notes/openapi", file: "parley.yaml", line: 6, column: 14 }] });
  setTimeout(() => process.exit(1), 20);
} else if (behaviour === "full") {
  tell({ type: "fatal", code: "data-unusable", message: "config.db cannot be opened: database or disk is full" });
  setTimeout(() => process.exit(1), 20);
} else if (behaviour === "fatal") {
  tell({ type: "fatal", code: "port-in-use", message: "no port for me" });
  setTimeout(() => process.exit(1), 20);
} else {
  const secrets = ["PARLEY_ADMIN_TOKEN", "PARLEY_LOCAL_TOKEN"].filter((name) => process.env[name]);
  createServer((_request, response) => response.end(JSON.stringify({ pid: process.pid, options, secrets }))).listen({ port: options.port, host: options.host }, () => {
    if (plane === "control" && behaviour === "first-run") tell({ type: "first-run", signInUrl: "http://127.0.0.1/link", key: "pk_test" });
    tell({ type: "ready", port: options.port });
  });
}

/**
 * The gateway's process, and its composition root: the only place that chooses implementations. It gets its options as
 * one JSON argument or on standard input, says over IPC when it serves, and ends with 0 after draining (SIGTERM, SIGINT, a drain message, or
 * a supervisor that is gone).
 */
import { dataDirectory } from "@parley/contract/data-directory";
import { takeGiven } from "@parley/contract/given-options";
import type { ChildMessage, GatewayProcessOptions, SupervisorMessage } from "@parley/contract/processes";
import { loadMasterKey } from "@parley/contract/secrets";
import { whenSupervisorIsGone } from "@parley/contract/supervisor-gone";
import { compileAi } from "./ai/index.ts";
import { Gateway } from "./main/gateway.ts";
import { openLog } from "./main/log.ts";
import { SavedSnapshot } from "./snapshot/saved-snapshot.ts";
import { Http2Transport } from "./upstreams/http2/http2-transport.ts";
import { LeanTransport } from "./upstreams/lean/lean-transport.ts";
import { TransportByProtocol } from "./upstreams/transport-by-protocol.ts";

const defaultDrainMs = 30_000;

// Whatever is written, by us or by Node itself, is for this user alone.
process.umask(0o077);
const saved = new SavedSnapshot();
const given = await takeGiven<GatewayProcessOptions>(process.argv[2] ?? "{}", process.stdin, ({ data }) => {
  if (data !== undefined) saved.readAhead(dataDirectory(data).snapshot);
});
if (given === null) process.exit(0);
Object.assign(process.env, given.environment);
const { options } = given;
const log = openLog(options.worker, process.env["PARLEY_LOG_LEVEL"] ?? "info");

function tell(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}

const fatalCodes: Record<string, string> = { EADDRINUSE: "port-in-use", ERR_PARLEY_TLS: "certificate-unusable" };

function fatal(error: unknown): void {
  log.fatal({ error }, "the gateway cannot start");
  const code = fatalCodes[(error as NodeJS.ErrnoException).code ?? ""] ?? "internal-error";
  tell({ type: "fatal", code, message: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}

async function start(): Promise<void> {
  const masterKey = loadMasterKey(dataDirectory(options.data).masterKey, { environment: process.env, create: false });
  const gateway = new Gateway({ options, masterKey, transport: new TransportByProtocol(new LeanTransport(), new Http2Transport()), compileAi, log, saved });
  drainOnRequest(gateway);
  const port = await gateway.start();
  log.info({ port, pid: process.pid }, "the gateway serves");
  tell({ type: "ready", port });
}

function drainOnRequest(gateway: Gateway): void {
  let draining = false;
  const drain = (withinMs: number): void => {
    if (draining) return;
    draining = true;
    log.info("the gateway drains");
    gateway.drain(withinMs).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ error }, "draining failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => drain(defaultDrainMs));
  process.on("SIGINT", () => drain(defaultDrainMs));
  process.on("message", (message: SupervisorMessage) => {
    if (message.type === "drain") drain(message.withinMs);
  });
  whenSupervisorIsGone(() => drain(defaultDrainMs));
}

// A bug in one call must not end all the others; it is logged where it can be seen.
process.on("uncaughtException", (error) => log.error({ error }, "an exception that nobody caught"));
process.on("unhandledRejection", (error) => log.error({ error }, "a rejection that nobody handled"));

start().catch(fatal);
